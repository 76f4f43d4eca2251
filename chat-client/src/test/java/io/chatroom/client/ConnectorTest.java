package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultEventLoop;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Sentences for failures that one machine cannot produce; the others are tested with real sockets.
 */
class ConnectorTest {

  private final Connector connector = new Connector(new DefaultEventLoop(), Duration.ofSeconds(10));

  @Test
  void reportsAMissingRoute() {
    ServerAddress server = new ServerAddress("10.0.0.1", 3306);
    String sentence = "no route to 10.0.0.1:3306: check the address, and this machine's network";

    assertThat(connector.sentence(server, new NoRouteToHostException("No route to host")))
        .isEqualTo(sentence);
    assertThat(connector.sentence(server, new SocketException("Network is unreachable")))
        .isEqualTo(sentence);
  }

  @Test
  void showsUnknownFailures() {
    assertThat(
            connector.sentence(new ServerAddress("::1", 3306), new SocketException("odd\u001b[2J")))
        .isEqualTo("cannot connect to [::1]:3306: odd\\x1b[2J");
  }

  @Test
  void hasSentencesForZones() {
    Exception unknown = new UnknownHostException("no such interface nic9");
    assertThat(connector.sentence(new ServerAddress("fe80::1%nic9", 3306), unknown))
        .isEqualTo(
            "this machine has no network interface nic9, which the address fe80::1%nic9 asks for:"
                + " check the part after the %");
    assertThat(
            connector.sentence(
                new ServerAddress("fe80::1", 3306), new SocketException("Invalid argument")))
        .startsWith("[fe80::1]:3306 is an address of a network")
        .endsWith("as in [fe80::1%eth0]");
  }

  @Test
  void reportsTheFailureOfEachAddress() throws Exception {
    Map<InetSocketAddress, Throwable> failures = new LinkedHashMap<>();
    failures.put(at("::1"), new ConnectException("Connection refused"));
    failures.put(at("10.0.0.1"), new ConnectTimeoutException("timed out"));
    failures.put(at("10.0.0.2"), new NoRouteToHostException("No route to host"));
    failures.put(at("10.0.0.3"), new SocketException("Odd\u001b[2J"));
    failures.put(at("10.0.0.4"), new ConnectException("Connection refused"));

    assertThat(connector.explain(new ServerAddress("chat.example", 3306), failures))
        .hasMessage(
            "cannot connect to chat.example:3306: [0:0:0:0:0:0:0:1] refused the connection,"
                + " 10.0.0.1 did not answer within 10 s, 10.0.0.2 has no route from here,"
                + " 10.0.0.3 failed (odd\\x1b[2J), and 1 more: check that a server runs there, the"
                + " port, and whether a firewall is in between");
  }

  private static InetSocketAddress at(String address) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(address), 3306);
  }
}
