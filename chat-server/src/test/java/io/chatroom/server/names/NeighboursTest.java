package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class NeighboursTest {

  @Test
  void groupsIpv6ByNetworkAndIpv4ByAddress() throws UnknownHostException {
    assertThat(of("2001:db8:1:2::3")).isEqualTo(of("2001:db8:1:2:ffff::"));
    assertThat(of("2001:db8:1:2::3")).isNotEqualTo(of("2001:db8:1:3::3"));
    assertThat(of("192.0.2.1")).isNotEqualTo(of("192.0.2.2"));
    assertThat(of("::ffff:192.0.2.1")).isEqualTo(of("192.0.2.1"));
    assertThat(Neighbours.of(null)).isEqualTo(Neighbours.of(null));
  }

  private static Object of(String address) throws UnknownHostException {
    return Neighbours.of(InetAddress.getByName(address));
  }
}
