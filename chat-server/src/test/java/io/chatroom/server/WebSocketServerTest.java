package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.transport.Transport;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions over WebSocket, and HTTP around them, against the whole server. */
class WebSocketServerTest {

  private static final String POST =
      "{\"type\":\"post\",\"id\":\"1\",\"room\":\"lobby\",\"text\":\"%s\"}";

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
    return Arrays.stream(Transport.Choice.values())
        .filter(choice -> choice != Transport.Choice.AUTO)
        .filter(choice -> choice != Transport.Choice.EPOLL || Epoll.isAvailable())
        .filter(choice -> choice != Transport.Choice.IO_URING || IoUring.isAvailable());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void sessionsAndSeedMembersTalkInOneRoom(Transport.Choice transport) {
    ChatServer server = start("transport", transport.toString(), "eventLoops", "2");
    WsPeer alice = webSocket(server).join("alice", "lobby");
    WsPeer bob = webSocket(server).join("bob", "lobby");
    TestPeer seed = peer(server).send(frame("seed")).send(frame("hallo"));

    assertThat(alice.expectObject("message")).contains("\"from\":\"seed\",\"text\":\"hallo\"");
    assertThat(bob.expectObject("message")).contains("\"seq\":1");
    // each of the three forms of a frame's length
    for (int length : List.of(2, 300, 65_000)) {
      String text = "é" + "x".repeat(length);
      alice.say(POST.formatted(text).replace("\"1\"", "\"" + length + "\""));
      assertThat(alice.expectObject("ack")).contains("\"id\":\"" + length + "\"");
      assertThat(bob.expectObject("message")).contains("\"text\":\"" + text + "\"");
      seed.expect("alice", text);
    }
    String page = "{\"type\":\"history\",\"q\":\"h\",\"room\":\"lobby\",\"after\":0,\"limit\":10}";
    assertThat(bob.say(page).expectObject("page")).contains("\"seq\":4").hasSizeGreaterThan(65_535);
    alice.say("{\"type\":\"bye\"}");
    alice.expectClose(1000);
  }

  /** However the operator has written it. */
  @Test
  void sessionsAreToldWhereSeedMembersAre() {
    ChatServer server = start("seedRoom", "Hall");
    WsPeer alice = webSocket(server).say(WsPeer.hello("alice", "{\"room\":\"hall\"}"));
    assertThat(alice.expectObject("welcome")).contains("\"seedRoom\":\"Hall\"");
    alice.expectObject("joined");
    peer(server).send(frame("seed")).send(frame("hallo"));

    assertThat(alice.expectObject("message"))
        .contains("\"room\":\"hall\"")
        .contains("\"text\":\"hallo\"");
  }

  @Test
  void takesEverythingByteByByte() {
    ChatServer server = start();
    TestPeer peer = peer(server);
    for (byte b : WsPeer.request("/ws").getBytes(UTF_8)) {
      peer.send(new byte[] {b});
    }
    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 101 ");
    byte[] hello = WsPeer.frame(true, WsPeer.TEXT, WsPeer.hello("alice", "").getBytes(UTF_8));
    for (byte b : hello) {
      peer.send(new byte[] {b});
    }
    byte[] start = peer.readBytes(2);
    assertThat(start[0]).isEqualTo((byte) 0x81);
  }

  /** RFC 6455 does not allow it, and it harms nobody. */
  @Test
  void takesWhatComesTogetherWithTheRequest() throws IOException {
    ChatServer server = start();
    TestPeer peer = peer(server);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(WsPeer.request("/ws").getBytes(UTF_8));
    bytes.write(WsPeer.frame(true, WsPeer.TEXT, "{\"type\":\"ping\",\"q\":\"1\"}".getBytes(UTF_8)));
    peer.send(bytes.toByteArray());

    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 101 ");
    assertThat(new String(peer.readBytes(36), UTF_8))
        .endsWith("{\"type\":\"pong\",\"q\":\"1\",\"heads\":{}}");
  }

  @Test
  void overTls(@TempDir Path keys) throws Exception {
    ChatServer server = start("tlsSelfSigned", keys.toString(), "tlsOnly", "true");
    WsPeer alice = register(WsPeer.open(tls(server))).join("alice", "lobby");
    WsPeer bob =
        register(WsPeer.open(tls(server), "Origin: https://chat.example")).join("bob", "lobby");
    alice.say(POST.formatted("x".repeat(60_000)));
    alice.expectObject("ack");
    bob.expectObject("message");
    bob.say("{\"type\":\"bye\"}");
    bob.expectClose(1000);
    TestPeer plain = tls(server).send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(WsPeer.head(plain))
        .startsWith("HTTP/1.1 200 ")
        .contains("strict-transport-security: max-age=");
  }

  // ---- HTTP

  @ParameterizedTest
  @CsvSource({
    "GET /x HTTP/1.1, 404",
    "GET /ws/ HTTP/1.1, 404",
    "HEAD /x HTTP/1.1, 404",
    "GET /x HTTP/1.0, 404",
    "POST / HTTP/1.1, 405",
    "DELETE /ws HTTP/1.1, 405",
    "OPTIONS * HTTP/1.1, 405",
    "CONNECT x:1 HTTP/1.1, 405",
    "GET /ws HTTP/1.1, 426",
    "GET /, 400",
  })
  void answersEverythingElseShortly(String line, int status) {
    TestPeer peer = peer(start()).send(line + "\r\nHost: x\r\nConnection: close\r\n\r\n");
    String head = WsPeer.head(peer);

    assertThat(head)
        .startsWith("HTTP/1.1 " + status + " ")
        .contains("connection: close")
        .contains("content-type: text/plain; charset=utf-8\r\n");
    if (!line.startsWith("HEAD")) {
      assertThat((char) peer.readBytes(1)[0]).isUpperCase();
      peer.awaitClosed();
    } else {
      peer.expectClosed();
    }
  }

  /** A peer may end its stream with its request, and still wait for the answer. */
  @Test
  void answersHalfClosedRequests() {
    TestPeer peer = peer(start()).send("GET / HTTP/1.1\nHost: x\n\n").finish();
    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 200 ");
    peer.awaitClosed();
  }

  @Test
  void dropsABodyWithoutResettingTheAnswer() {
    TestPeer peer = peer(start());
    peer.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n");
    peer.send(new byte[3_000_000]);
    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 405 ");
    peer.awaitClosed();
  }

  @Test
  void boundsTheRequest() {
    ChatServer server = start();
    TestPeer line = peer(server).send("GET /" + "x".repeat(5_000));
    assertThat(WsPeer.head(line)).startsWith("HTTP/1.1 414 ");
    TestPeer header = peer(server).send("GET / HTTP/1.1\r\nA: " + "x".repeat(9_000));
    assertThat(WsPeer.head(header)).startsWith("HTTP/1.1 431 ");
  }

  /** A seed member may send this for a header, and is told so as for any (P-21). */
  @Test
  void closesAtOnceWhatOnlyBeginsLikeARequest() {
    TestPeer peer = peer(start("registrationTimeout", "1h")).send("GET / HTTP25        x");
    peer.expectClosed();
    assertThat(log.lines()).anyMatch(line -> line.contains("rejected (malformed-header)"));
  }

  @Test
  void hasOneDeadlineForEverything() {
    ChatServer server = start("registrationTimeout", "5s");
    TestPeer halfRequest = peer(server).send("GET /ws HTTP/1.1\r\n");
    TestPeer noHello = webSocket(server).raw();
    halfRequest.expectClosed();
    noHello.expectClosed();
  }

  // ---- the handshake

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Sec-WebSocket-Protocol: chatroom.1 | 400",
        "Sec-WebSocket-Protocol: | 400",
        "Sec-WebSocket-Key: | 400",
        "Sec-WebSocket-Key: dG9vIHNob3J0 | 400",
        "Sec-WebSocket-Version: 8 | 426",
        "Upgrade: h2c | 426",
        "Connection: close | 426",
        "Content-Length: 3 | 400",
      })
  void refusesAHandshakeThatIsNone(String header, int status) {
    TestPeer peer = peer(start()).send(WsPeer.request("/ws", header) + "abc");
    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 " + status + " ");
    peer.awaitClosed();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://chat.example",
        "https://chat.example",
        "https://chat.example:443",
        "HTTPS://Chat.Example",
        "https://friend.example",
        "http://friend.example:8080",
      })
  void takesItsOwnPagesAndThoseItIsTold(String origin) {
    ChatServer server =
        start("allowedOrigins", "https://friend.example, http://Friend.example:8080");
    register(WsPeer.open(peer(server), "Origin: " + origin));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "https://evil.example",
        "http://chat.example:81",
        "https://chat.example.evil.example",
        "https://chat.example@evil.example",
        "file://chat.example",
        "chat.example",
        "http://friend.example",
      })
  void refusesPagesOfOtherOrigins(String origin) {
    ChatServer server = start("allowedOrigins", "https://friend.example");
    TestPeer peer = peer(server).send(WsPeer.request("/ws", "Origin: " + origin));
    assertThat(WsPeer.head(peer)).startsWith("HTTP/1.1 403 ");
  }

  // ---- frames

  @Test
  void putsFragmentsTogetherAndAnswersPingsBetweenThem() {
    WsPeer alice = webSocket(start());
    byte[] hello = WsPeer.hello("alicé", "").getBytes(UTF_8);
    for (int i = 0; i < hello.length - 1; i++) { // é is cut, too
      alice.send(false, i == 0 ? WsPeer.TEXT : 0, new byte[] {hello[i]});
    }
    alice.send(true, WsPeer.PING, "are you there?".getBytes(UTF_8));
    assertThat(alice.read())
        .satisfies(pong -> assertThat(pong.opcode()).isEqualTo(WsPeer.PONG))
        .satisfies(pong -> assertThat(pong.text()).isEqualTo("are you there?"));
    alice.send(false, 0, new byte[0]);
    alice.send(true, 0, new byte[] {hello[hello.length - 1]});
    assertThat(alice.expectObject("welcome")).contains("\"name\":\"alicé\"");
  }

  @Test
  void refusesBinaryAndWhatIsNotUtf8() {
    ChatServer server = start();
    webSocket(server).send(true, WsPeer.BINARY, new byte[3]).expectBye("protocol", 4500);
    webSocket(server)
        .join("alice", "lobby")
        .send(true, WsPeer.TEXT, new byte[] {'{', (byte) 0xff})
        .expectBye("protocol", 4500);
    assertThat(log.lines()).anyMatch(line -> line.contains("rejected (websocket-failed)"));
  }

  @Test
  void refusesFramesThatBreakTheRules() {
    ChatServer server = start();
    for (byte[] broken :
        List.of(
            new byte[] {(byte) 0x81, 2, '{', '}'}, // not masked
            WsPeer.frame(true, 0, new byte[1]), // continues nothing
            WsPeer.frame(true, 0x43, new byte[1]), // an extension
            WsPeer.frame(true, 3, new byte[1]), // no such frame
            WsPeer.frame(false, WsPeer.PING, new byte[1]), // in fragments
            WsPeer.frame(true, WsPeer.PING, new byte[126]))) {
      WsPeer alice = webSocket(server);
      alice.raw().send(broken).send(new byte[1_000]);
      alice.expectBye("protocol", 4500);
    }
  }

  @Test
  void refusesTooMuchByItsLengthAlone() {
    ChatServer server = start("maxMessageBytes", "1024");
    WsPeer alice = webSocket(server);
    byte[] longest = WsPeer.frame(true, WsPeer.TEXT, new byte[8 * 1_024 + 1]);
    alice.raw().send(Arrays.copyOf(longest, 8)); // its header
    alice.expectBye("protocol", 4500);

    WsPeer bob = webSocket(server);
    bob.send(false, WsPeer.TEXT, new byte[8_000]).send(false, 0, new byte[193]);
    bob.expectBye("protocol", 4500);

    WsPeer carol = webSocket(server);
    String spaces = " ".repeat(8 * 1_024 - WsPeer.hello("carol", "").length());
    carol.say(WsPeer.hello("carol", "") + spaces).expectObject("welcome");
  }

  // ---- the end

  @Test
  void answersACloseFrameByOne() {
    WsPeer alice = webSocket(start()).join("alice", "lobby");
    alice
        .say(POST.formatted("last words"))
        .send(true, WsPeer.CLOSE, new byte[] {0x03, (byte) 0xe9});
    alice.expectObject("ack");
    alice.expectClose(1001); // its own number
  }

  @Test
  void answersWhatWasSaidBeforeTheEndOfTheStream() {
    WsPeer alice = webSocket(start()).join("alice", "lobby");
    alice.say(POST.formatted("last words"));
    alice.raw().finish();
    alice.expectObject("ack");
    alice.expectClose(1000);
  }

  @Test
  void saysWhenToComeBackWhenTheServerStops() {
    ChatServer server = start();
    WsPeer alice = webSocket(server).join("alice", "lobby");
    WsPeer roomless = webSocket(server);
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    assertThat(alice.expectBye("draining", 4000)).contains("\"afterMillis\":");
    roomless.expectBye("draining", 4000);
    alice.close();
    roomless.close();
    stopped.join();
  }

  /** It holds up nobody, its pings are not answered without bound, and all comes in order. */
  @ParameterizedTest
  @MethodSource("transports")
  void aClientThatDoesNotReadGetsEverythingInOrderLater(Transport.Choice transport) {
    int count = 200;
    ChatServer server =
        start("messagesPerSecond", "0", "transport", transport.toString(), "eventLoops", "1");
    WsPeer slow =
        register(WsPeer.open(register(TestPeer.connect(server, 32_768)))).join("slow", "lobby");
    WsPeer fast = webSocket(server).join("fast", "lobby");
    WsPeer alice = webSocket(server).join("alice", "lobby");
    String text = "x".repeat(10_000);
    for (int i = 1; i <= count; i++) {
      alice.say(POST.formatted(text).replace("\"1\"", "\"" + i + "\""));
      alice.expectObject("ack");
      assertThat(fast.expectObject("message")).contains("\"seq\":" + i + ",");
      if (i % 50 == 0) {
        slow.send(true, WsPeer.PING, ("ping " + i).getBytes(UTF_8));
      }
    }
    List<String> pongs = new ArrayList<>();
    for (int next = 1; next <= count || pongs.size() < count / 50; ) {
      WsPeer.Received frame = slow.read();
      if (frame.opcode() == WsPeer.PONG) {
        pongs.add(frame.text());
      } else if (frame.text().startsWith("{\"type\":\"message\"")) {
        assertThat(frame.text()).contains("\"seq\":" + next + ",");
        next++;
      }
    }
    assertThat(pongs).containsExactly("ping 50", "ping 100", "ping 150", "ping 200");
  }

  /** The end of its own stream, which comes at once behind its bye, takes nothing of that away. */
  @Test
  void whoLeavesGetsWhatWasOnItsWay() {
    ChatServer server = start("messagesPerSecond", "0", "eventLoops", "1");
    WsPeer slow =
        register(WsPeer.open(register(TestPeer.connect(server, 32_768)))).join("slow", "lobby");
    WsPeer alice = webSocket(server).join("alice", "lobby");
    for (int i = 1; i <= 40; i++) {
      alice.say(POST.formatted("x".repeat(60_000)).replace("\"1\"", "\"" + i + "\""));
      alice.expectObject("ack");
    }
    slow.say("{\"type\":\"bye\"}");
    slow.raw().finish();
    alice.expectObject("presence"); // slow has left, and its last bytes are on their way
    WsPeer.Received frame = slow.read();
    while (frame.opcode() == WsPeer.TEXT) {
      frame = slow.read();
    }
    assertThat(frame.number()).isEqualTo(1000);
    assertThat(slow.raw().nextIsEnd()).isTrue();
  }

  // ---- helpers

  private ChatServer start(String... options) {
    Map<String, String> values =
        new HashMap<>(
            Map.of("port", "0", "host", "127.0.0.1", "admin", "off", "pingSeconds", "3600"));
    for (int i = 0; i < options.length; i += 2) {
      values.put(options[i], options[i + 1]);
    }
    try {
      ChatServer server = ChatServer.start(ServerConfig.of(values));
      open.add(server);
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TestPeer peer(ChatServer server) {
    return register(TestPeer.connect(server));
  }

  private WsPeer webSocket(ChatServer server) {
    return WsPeer.open(peer(server));
  }

  private <T extends AutoCloseable> T register(T closeable) {
    open.add(closeable);
    return closeable;
  }

  private TestPeer tls(ChatServer server) throws Exception {
    return register(
        TestPeer.over(
            trusting().createSocket(InetAddress.getLoopbackAddress(), server.address().getPort())));
  }

  /** For sockets with TLS to whichever server. */
  static SSLSocketFactory trusting() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    return context.getSocketFactory();
  }

  /** Who the server is, is another test's question. */
  private static final class Trusting implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
