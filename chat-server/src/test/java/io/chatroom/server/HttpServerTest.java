package io.chatroom.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.transport.Transport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The page over real sockets, and connections that are kept. */
class HttpServerTest {

  private static final String START = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final Pattern LENGTH = Pattern.compile("content-length: (\\d+)\r\n");
  private static final Pattern ASSET = Pattern.compile("\"(/assets/[^\"]+\\.css)\"");

  private final List<AutoCloseable> open = new ArrayList<>();
  private final LogCapture log = new LogCapture();

  @AfterEach
  void closeAll() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    log.close();
    assertThat(log.errors()).isEmpty();
  }

  static Stream<Transport.Choice> transports() {
    return WebSocketServerTest.transports();
  }

  /** More answers than sockets have room for, and a peer that reads none of them at first. */
  @ParameterizedTest
  @MethodSource("transports")
  void answersAPeerThatReadsLate(Transport.Choice transport) {
    ChatServer server = start("transport", transport.toString(), "eventLoops", "1");
    TestPeer late = register(TestPeer.connect(server, 32_768));
    int count = 500;
    late.send(START.repeat(count));
    TestPeer other = peer(server).send(START);
    String page = body(other);
    assertThat(page).startsWith("<!doctype html>");
    for (int i = 0; i < count; i++) {
      assertThat(body(late)).isEqualTo(page);
    }
  }

  @Test
  void servesWhatThePageNamesOnTheSameConnection() {
    TestPeer peer = peer(start()).send(START);
    Matcher asset = ASSET.matcher(body(peer));
    assertThat(asset.find()).isTrue();
    peer.send("GET " + asset.group(1) + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(body(peer)).contains("{");
  }

  @Test
  void keepsConnectionsOverTls(@TempDir Path keys) throws Exception {
    ChatServer server = start("tlsSelfSigned", keys.toString(), "tlsOnly", "true");
    SSLSocketFactory sockets = WebSocketServerTest.trusting();
    TestPeer peer =
        register(
            TestPeer.over(
                sockets.createSocket(
                    InetAddress.getLoopbackAddress(), server.address().getPort())));
    String page = body(peer.send(START));
    peer.send(START.repeat(200));
    for (int i = 0; i < 200; i++) {
      assertThat(body(peer)).isEqualTo(page);
    }
    peer.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(body(peer)).isEqualTo(page);
    peer.expectClosed();
  }

  /** It keeps no server from stopping, and sees the end of its stream. */
  @Test
  void endsKeptConnectionsWhenTheServerStops() {
    ChatServer server = start("drainSeconds", "3600");
    TestPeer peer = peer(server).send(START);
    body(peer);
    server.close();
    peer.expectClosed();
  }

  @Test
  void servesNoPageWhereNoneIsWanted() {
    ChatServer server = start("page", "false");
    assertThat(WsPeer.head(peer(server).send(START))).startsWith("HTTP/1.1 404 ");
    WsPeer.open(peer(server)).join("alice", "lobby");
  }

  @Test
  void countsRequests() {
    ChatServer server = start("admin", "127.0.0.1:0");
    TestPeer peer = peer(server).send(START.repeat(2) + "GET /x HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 3; i++) {
      body(peer);
    }
    register(WsPeer.open(peer(server))).join("alice", "lobby");
    AdminTest.awaitMetric(server, "chat_http_requests_total{kind=\"page\",status=\"2xx\"}", 2);
    AdminTest.awaitMetric(server, "chat_http_requests_total{kind=\"other\",status=\"4xx\"}", 1);
    AdminTest.awaitMetric(server, "chat_http_requests_total{kind=\"websocket\",status=\"1xx\"}", 1);
  }

  private static String body(TestPeer peer) {
    Matcher length = LENGTH.matcher(WsPeer.head(peer));
    assertThat(length.find()).isTrue();
    return new String(peer.readBytes(Integer.parseInt(length.group(1))), ISO_8859_1);
  }

  private ChatServer start(String... options) {
    Map<String, String> values =
        new HashMap<>(Map.of("port", "0", "host", "127.0.0.1", "admin", "off"));
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    try {
      return register(ChatServer.start(ServerConfig.of(values)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TestPeer peer(ChatServer server) {
    return register(TestPeer.connect(server));
  }

  private <T extends AutoCloseable> T register(T closeable) {
    open.add(closeable);
    return closeable;
  }
}
