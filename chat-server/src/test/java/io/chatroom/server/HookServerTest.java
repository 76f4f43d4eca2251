package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said in a room of a whole server reaches a hook. */
class HookServerTest {

  @TempDir Path dir;

  private final List<String> bodies = new CopyOnWriteArrayList<>();

  @Test
  void tellsAHookWhatIsSaidAndGoesOnAfterARestart() throws IOException {
    HttpServer hook =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    hook.createContext(
        "/",
        exchange -> {
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    hook.start();
    try {
      Path file =
          Files.writeString(
              dir.resolve("hooks"),
              "lobby http://127.0.0.1:" + hook.getAddress().getPort() + " 0123456789abcdef");
      Map<String, String> options =
          Map.of(
              "hookFile", file.toString(),
              "hookPrivateAddresses", "true",
              "data", dir.resolve("data").toString());
      try (ChatServer server = start(options);
          TestPeer peer = TestPeer.connect(server)) {
        peer.send("CHATROOM/2" + frame(hello()));
        int said = 0;
        while (bodies.isEmpty()) { // it hears what comes after it has looked for the first time
          peer.send(frame(post(said++)));
          readUntil(peer, "\"ack\"");
        }
        int all = said;
        Awaitility.await()
            .until(() -> String.join("", bodies).contains("\"text\":\"number " + (all - 1) + "\""));
      }
      assertThat(bodies.get(0)).startsWith("{\"type\":\"page\",\"q\":\"hook\",\"room\":\"lobby\"");
      bodies.clear();
      try (ChatServer server = start(options);
          TestPeer peer = TestPeer.connect(server)) {
        peer.send("CHATROOM/2" + frame(hello()) + frame(post(1_000_000)));
        Awaitility.await().until(() -> String.join("", bodies).contains("number 1000000"));
      }
      assertThat(bodies).allMatch(body -> body.endsWith("\"complete\":true}"));
    } finally {
      hook.stop(0);
    }
  }

  /** Nobody vouches for a certificate of our own, so that what answers there may be anybody. */
  @Test
  void tellsNothingToAHostWhoseCertificateNobodyVouchesFor() throws IOException {
    LogCapture log = new LogCapture();
    try (ChatServer other = start(Map.of("tlsSelfSigned", dir.resolve("tls").toString()))) {
      Path file =
          Files.writeString(
              dir.resolve("hooks"),
              "lobby https://127.0.0.1:" + other.address().getPort() + " 0123456789abcdef");
      try (ChatServer server =
              start(Map.of("hookFile", file.toString(), "hookPrivateAddresses", "true"));
          TestPeer peer = TestPeer.connect(server)) {
        peer.send("CHATROOM/2" + frame(hello()));
        int said = 0;
        while (log.lines().stream().noneMatch(line -> line.contains("TLS failed: "))) {
          peer.send(frame(post(said++)));
          readUntil(peer, "\"ack\"");
        }
      }
    } finally {
      log.close();
    }
  }

  @Test
  void startsWithNoDamagedFile() throws IOException {
    Path file = Files.writeString(dir.resolve("hooks"), "lobby");

    assertThatThrownBy(() -> start(Map.of("hookFile", file.toString())))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(file + ", line 1: it does not have three words");
  }

  private static void readUntil(TestPeer peer, String part) {
    while (!peer.readFrame().contains(part)) {
      // something else was on its way
    }
  }

  private static String hello() {
    return "{\"type\":\"hello\",\"v\":2,\"name\":\"alice\",\"client\":\"%032x\",\"rooms\":[{\"room\":\"lobby\"}]}"
        .formatted(1);
  }

  private static String post(int number) {
    return "{\"type\":\"post\",\"id\":\"%d\",\"room\":\"lobby\",\"text\":\"number %d\"}"
        .formatted(number, number);
  }

  private static ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(options);
    all.put("host", "127.0.0.1");
    all.put("port", "0");
    all.put("admin", "off");
    return ChatServer.start(ServerConfig.of(all));
  }
}
