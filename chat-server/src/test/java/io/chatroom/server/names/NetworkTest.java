package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7/32",
    "192.0.2.7/24, 192.0.2.0/24",
    "10.255.3.4/9, 10.128.0.0/9",
    "2001:db8::1, 2001:db8:0:0:0:0:0:1/128",
    "2001:DB8:ffff::/47, 2001:db8:fffe:0:0:0:0:0/47",
    "::ffff:192.0.2.7, 192.0.2.7/32",
  })
  void hasOneCanonicalForm(String given, String text) {
    assertThat(Network.of(given).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bob",
        "1.2.3",
        "1.2.3.256",
        "1.2.3.4/33",
        "1.2.3.4/7",
        "0.0.0.0/0",
        "1.2.3.4/",
        ":",
        "::/15",
        "::1/129",
        "1::2::3",
        "fe80::1%eth0",
        "1.2.3.4/-1",
        "example.org",
        "[::1]"
      })
  void refusesOtherTexts(String given) {
    assertThatThrownBy(() -> Network.of(given))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .endsWith(".");
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.0/24, 192.0.2.255, true",
    "192.0.2.0/24, 192.0.3.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.6, false",
    "10.255.0.0/9, 10.128.0.1, true",
    "10.255.0.0/9, 10.127.255.255, false",
    "128.0.0.0/9, 0.0.0.1, false",
    "2001:db8::/33, 2001:db8:7fff::9, true",
    "2001:db8::/33, 2001:db8:8000::9, false",
    "2001:db8::/33, 192.0.2.1, false",
    "192.0.2.0/24, 2001:db8::1, false",
  })
  void containsAddressesWithItsPrefix(String network, String address, boolean contained)
      throws UnknownHostException {
    assertThat(Network.of(network).contains(InetAddress.getByName(address))).isEqualTo(contained);
  }

  /** A dual-stack socket can return them. */
  @Test
  void containsIpv4MappedIpv6Addresses() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xFF;
    mapped[11] = (byte) 0xFF;
    mapped[12] = (byte) 192;
    mapped[15] = 7;
    InetAddress address = Inet6Address.getByAddress(null, mapped, -1);

    assertThat(Network.of("192.0.0.0/24").contains(address)).isTrue();
    assertThat(Network.ofPerson(address).text()).isEqualTo("192.0.0.7/32");
  }

  @Test
  void networkOfAPersonIsThatOfOneCustomer() throws UnknownHostException {
    assertThat(Network.ofPerson(InetAddress.getByName("2001:db8::7:1")).text())
        .isEqualTo("2001:db8:0:0:0:0:0:0/64");
  }
}
