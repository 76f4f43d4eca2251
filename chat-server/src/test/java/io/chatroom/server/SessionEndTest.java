package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.transport.Transport;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a session that ends its stream is still owed (S-36). */
class SessionEndTest {

  private static final int PAGES = 3;
  private static final int SESSIONS = 20;

  static Stream<Transport.Choice> transports() {
    return WebSocketServerTest.transports();
  }

  /** So much that the network does not take it at once from one that reads only later. */
  @ParameterizedTest
  @MethodSource("transports")
  void everythingIsAnsweredAfterTheEndOfItsStream(Transport.Choice transport) throws IOException {
    try (ChatServer server =
        ChatServer.start(
            ServerConfig.of(
                Map.of(
                    "host", "127.0.0.1",
                    "port", "0",
                    "admin", "off",
                    "transport", transport.toString(),
                    "messagesPerSecond", "0")))) {
      StringBuilder posts = new StringBuilder();
      String text = "x".repeat(10_000);
      for (int i = 0; i < 100; i++) {
        posts.append(
            frame(
                "{\"type\":\"post\",\"id\":\"%d\",\"room\":\"lobby\",\"text\":\"%s\"}"
                    .formatted(i, text)));
      }
      assertThat(answers(server, "alice", posts.toString(), "ack")).isEqualTo(100);
      String history =
          "{\"type\":\"history\",\"q\":\"h\",\"room\":\"lobby\",\"before\":50,\"limit\":40}";
      for (int i = 0; i < SESSIONS; i++) {
        assertThat(answers(server, "bob" + i, frame(history).repeat(PAGES), "page"))
            .isEqualTo(PAGES);
      }
    }
  }

  private static int answers(ChatServer server, String name, String requests, String type) {
    try (TestPeer peer = TestPeer.connect(server, 4_096)) {
      String hello = WsPeer.hello(name, "{\"room\":\"lobby\"}");
      peer.send("CHATROOM/2" + frame(hello) + requests).finish();
      int answers = 0;
      while (!peer.nextIsEnd()) {
        answers += peer.readFrame().startsWith("{\"type\":\"" + type + "\"") ? 1 : 0;
      }
      return answers;
    }
  }
}
