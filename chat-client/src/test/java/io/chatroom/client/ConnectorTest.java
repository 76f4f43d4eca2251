package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The sentences for what cannot be had on one machine; the others are tested with real sockets. */
class ConnectorTest {

  private final Connector connector = new Connector(new DefaultEventLoop(), Duration.ofSeconds(10));

  @Test
  void saysThatThereIsNoRoute() {
    ServerAddress server = new ServerAddress("10.0.0.1", 3306);
    String sentence = "no route to 10.0.0.1:3306: check the address, and this machine's network";

    assertThat(connector.sentence(server, new NoRouteToHostException("No route to host")))
        .isEqualTo(sentence);
    assertThat(connector.sentence(server, new SocketException("Network is unreachable")))
        .isEqualTo(sentence);
  }

  @Test
  void showsWhatItDoesNotKnow() {
    assertThat(
            connector.sentence(new ServerAddress("::1", 3306), new SocketException("odd\u001b[2J")))
        .isEqualTo("cannot connect to [::1]:3306: odd\\x1b[2J");
  }
}
