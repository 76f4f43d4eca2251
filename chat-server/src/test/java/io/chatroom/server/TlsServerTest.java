package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.config.ConfigException;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.transport.Transport;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole server with TLS, over real sockets, against the JDK's own TLS. */
class TlsServerTest {

  private static final SSLContext CLIENT = client();

  /** One key for all: making one takes time. */
  @TempDir static Path keys;

  @TempDir Path dir;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<ChatServer> servers = new ArrayList<>();
  private final LogCapture log = new LogCapture();

  @BeforeAll
  static void makeTheKey() throws IOException {
    ChatServer.start(config(Map.of("tlsSelfSigned", keys.toString()))).close();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    servers.forEach(ChatServer::close);
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
  void membersWithAndWithoutTlsMeetInOneRoom(Transport.Choice transport) throws Exception {
    ChatServer server = start("transport", transport.toString(), "eventLoops", "2");
    TestPeer plain = member(server);
    TestPeer alice = joinTls(server, "alice", plain, "TLSv1.3");
    TestPeer bob = joinTls(server, "bob", plain, "TLSv1.2");
    alice.expect("bob", "here is bob");

    alice.send(frame("hello"));
    bob.expect("alice", "hello");
    plain.expect("alice", "hello");
    plain.send(frame("x".repeat(60_000)));
    alice.expect("plain", "x".repeat(60_000));
    bob.expect("plain", "x".repeat(60_000));
  }

  /** Many at once, so that bursts are larger than a piece, on either way. */
  @ParameterizedTest
  @MethodSource("transports")
  void keepsOrderAndBytesOfManyMessages(Transport.Choice transport) throws Exception {
    ChatServer server = start("transport", transport.toString(), "eventLoops", "2");
    TestPeer plain = member(server);
    TestPeer alice = joinTls(server, "alice", plain, "TLSv1.3");
    TestPeer bob = joinTls(server, "bob", plain, "TLSv1.3");
    alice.expect("bob", "here is bob");
    StringBuilder all = new StringBuilder();
    StringBuilder heard = new StringBuilder();
    for (int n = 0; n < 400; n++) {
      String text = n + " " + "y".repeat(n * 7);
      all.append(frame(text));
      heard.append(frame("alice")).append(frame(text));
    }
    alice.send(all.toString());

    bob.expectBytes(heard.toString());
    plain.expectBytes(heard.toString());
  }

  @Test
  void refusesWhoeverDoesNotSpeakTlsWhereThatIsDemanded() throws Exception {
    ChatServer server = start("tlsOnly", "true");
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    TestPeer alice = open(TestPeer.over(socket(raw, "TLSv1.3"))).send(frame("alice"));
    awaitLine("127.0.0.1:" + raw.getLocalPort() + ", user: alice");
    log.clear();
    TestPeer plain = open(TestPeer.connect(server)).send(frame("plain") + frame("hi"));

    plain.expectClosed();
    awaitLine(
        "127.0.0.1:"
            + plain.localPort()
            + " rejected (plain-text): the first byte is 0x35,"
            + " expected TLS, as this server demands it");
    TestPeer bob = open(TestPeer.over(socket(server, "TLSv1.3")));
    bob.send(frame("bob") + frame("hi"));
    alice.expect("bob", "hi");
    assertThat(log.lines()).filteredOn(line -> line.contains("rejected")).hasSize(1);
  }

  @Test
  void standsBehindAProxyAndKnowsWhereConnectionsComeFrom() throws Exception {
    ChatServer server = start("proxyProtocol", "true", "tlsOnly", "true");
    Socket raw = proxied(server, 4711, new byte[0]);
    TestPeer alice = open(TestPeer.over(socket(raw, "TLSv1.3"))).send(frame("alice"));
    awaitLine("192.0.2.7:4711, user: alice");

    SSLEngine engine = CLIENT.createSSLEngine();
    engine.setUseClientMode(true);
    ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    engine.wrap(ByteBuffer.allocate(0), hello);
    Socket inOnePiece = proxied(server, 4712, Arrays.copyOf(hello.array(), hello.position()));
    inOnePiece.setSoTimeout(60_000);
    assertThat(inOnePiece.getInputStream().read()).as("a handshake").isEqualTo(0x16);

    proxied(server, 4713, frame("plain").getBytes(StandardCharsets.US_ASCII));
    awaitLine(
        "192.0.2.7:4713 rejected (plain-text): the first byte is 0x35,"
            + " expected TLS, as this server demands it");
    TestPeer bob = open(TestPeer.over(socket(proxied(server, 4714, new byte[0]), "TLSv1.2")));
    bob.send(frame("bob") + frame("hi"));
    alice.expect("bob", "hi");
  }

  private Socket proxied(ChatServer server, int port, byte[] first) throws IOException {
    Socket socket = open(new Socket());
    socket.connect(server.address());
    String header = "PROXY TCP4 192.0.2.7 192.0.2.1 " + port + " 3306\r\n";
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    all.writeBytes(first);
    socket.getOutputStream().write(all.toByteArray());
    return socket;
  }

  /** Some of it could still become a handshake, for as long as there is for registration. */
  @Test
  void garbageInTheHandshakeHarmsNobodyAndIsOneLine() throws Exception {
    ChatServer server = start("registrationTimeout", "5s");
    TestPeer alice = member(server);
    TestPeer bob = joinTls(server, "bob", alice, "TLSv1.3");
    List<TestPeer> strangers = new ArrayList<>();
    for (int length : List.of(1, 5, 6, 100, 20_000)) {
      byte[] garbage = new byte[length];
      new Random(length).nextBytes(garbage);
      garbage[0] = 0x16;
      strangers.add(open(TestPeer.connect(server)).send(garbage));
    }

    for (TestPeer stranger : strangers) {
      stranger.awaitClosed();
      String peer = "127.0.0.1:" + stranger.localPort();
      await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith(peer)));
      assertThat(log.lines())
          .filteredOn(line -> line.startsWith(peer)) // a server before may still sum up its own
          .singleElement()
          .asString()
          .startsWith(peer + " rejected (")
          .containsAnyOf("(tls-failed)", "(registration-timeout)")
          .hasSizeLessThan(400);
    }
    bob.send(frame("still here"));
    alice.expect("bob", "still here");
  }

  @Test
  void garbageAfterTheHandshakeIsAViolationToo() throws Exception {
    ChatServer server = start();
    TestPeer alice = member(server);
    log.clear();
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    SSLSocket socket = socket(raw, "TLSv1.3");
    TestPeer stranger = open(TestPeer.over(raw));
    socket.getOutputStream().write(frame("mallory").getBytes(StandardCharsets.UTF_8));
    awaitLine("127.0.0.1:" + raw.getLocalPort() + ", user: mallory");

    stranger.send(new byte[] {0x17, 3, 3, 0, 32}).send(new byte[32]);
    stranger.awaitClosed();

    awaitLine("mallory disconnected");
    assertThat(log.lines())
        .filteredOn(line -> line.contains("rejected"))
        .singleElement()
        .asString()
        .endsWith(
            "(tls-failed): the peer violates TLS, or its records cannot be decrypted, expected TLS"
                + " 1.3 or 1.2 in order");
    alice.send(frame("x")); // nobody hears it, and nobody minds
  }

  /** Java's own words for these are for programmers, and change. */
  @Test
  void tellsWhyThereIsNoTlsInWordsOfItsOwn() throws Exception {
    ChatServer server = start();
    SSLContext suspicious = SSLContext.getInstance("TLS");
    suspicious.init(null, null, null); // knows authorities, and not this certificate
    String refused = "the peer refused TLS with the alert certificate_unknown";
    assertThat(whyRejected(server, suspicious, "TLS_AES_128_GCM_SHA256")).startsWith(refused);
    String old = "the peer offers nothing that this server accepts, or its handshake is malformed";
    assertThat(whyRejected(server, CLIENT, "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"))
        .startsWith(old);
  }

  private String whyRejected(ChatServer server, SSLContext client, String suite) throws Exception {
    try (Socket below = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
      SSLSocket socket =
          (SSLSocket)
              client.getSocketFactory().createSocket(below, "localhost", below.getPort(), true);
      socket.setEnabledCipherSuites(new String[] {suite});
      assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
      String start = "127.0.0.1:" + below.getLocalPort() + " rejected (tls-failed): ";
      await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith(start)));
      return log.lines().stream()
          .filter(line -> line.startsWith(start))
          .map(line -> line.substring(start.length()))
          .findFirst()
          .orElseThrow();
    }
  }

  /** A hundred that begin a handshake and stop: they have the time that there is for a name. */
  @Test
  void aHandshakeHasTheTimeForRegistrationAndNoMore() throws Exception {
    ChatServer server = start("registrationTimeout", "5s");
    TestPeer alice = member(server);
    byte[] begun = {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xFC};
    List<TestPeer> strangers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      strangers.add(open(TestPeer.connect(server)).send(begun));
    }
    SSLSocket silent = socket(server, "TLSv1.3");

    TestPeer bob = joinTls(server, "bob", alice, "TLSv1.3");
    strangers.forEach(TestPeer::awaitClosed);
    open(TestPeer.over(silent)).awaitClosed();
    bob.send(frame("hi"));
    alice.expect("bob", "hi");
    assertThat(log.lines())
        .filteredOn(line -> line.contains("rejected (registration-timeout)"))
        .hasSizeLessThanOrEqualTo(20);
  }

  /** Its key exchange would cost the server a thousand times what it costs the peer. */
  @Test
  void shakesHandsOnceAConnection() throws Exception {
    ChatServer server = start();
    TestPeer alice = member(server);
    SSLSocket socket = socket(server, "TLSv1.2");
    TestPeer bob = open(TestPeer.over(socket)).send(frame("bob") + frame("hi"));
    alice.expect("bob", "hi");

    assertThatThrownBy(
            () -> {
              socket.startHandshake();
              socket.getInputStream().read();
            })
        .isInstanceOf(IOException.class);
    bob.close();
    alice.send(frame("x"));
  }

  /** Each costs us far more than the peer, and its answer waits for a peer that reads nothing. */
  @Test
  void takesNewKeysNowAndThenButNotForEver() throws Exception {
    ChatServer server = start();
    TestPeer alice = member(server);
    SSLSocket socket = socket(server, "TLSv1.3");
    TestPeer bob = open(TestPeer.over(socket)).send(frame("bob"));
    for (int i = 0; i < 10; i++) {
      socket.startHandshake(); // with 1.3 that is new keys
      bob.send(frame("hi"));
      alice.expect("bob", "hi");
    }
    assertThat(log.lines()).noneMatch(line -> line.contains("rejected"));

    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1_000; i++) {
                socket.startHandshake();
              }
              socket.getInputStream().read();
            })
        .isInstanceOf(IOException.class);
    awaitLine("bob disconnected");
    assertThat(log.lines())
        .filteredOn(line -> line.contains("rejected"))
        .singleElement()
        .asString()
        .contains("(tls-failed)", "too many records without content");
  }

  @Test
  void closeNotifyEndsAStreamAfterAllThatWasSaid() throws Exception {
    ChatServer server = start("messageBurst", "2", "messagesPerSecond", "20");
    TestPeer alice = member(server);
    SSLSocket socket = socket(server, "TLSv1.3");
    open(socket);
    socket
        .getOutputStream()
        .write(
            (frame("bob") + frame("1") + frame("2") + frame("3") + frame("4"))
                .getBytes(StandardCharsets.UTF_8));
    socket.shutdownOutput();

    for (int n = 1; n <= 4; n++) { // the last two had to wait, behind the end of the stream
      alice.expect("bob", "" + n);
    }
    assertThat(socket.getInputStream().read()).as("the server's end").isEqualTo(-1);
    awaitLine("bob disconnected");
  }

  /** TLS would have a word for the end; this protocol ends a stream by FIN, and that counts. */
  @Test
  void aBareFinEndsAStreamToo() throws Exception {
    ChatServer server = start();
    TestPeer alice = member(server);
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    open(raw);
    SSLSocket socket = socket(raw, "TLSv1.3");
    socket.getOutputStream().write((frame("bob") + frame("bye")).getBytes(StandardCharsets.UTF_8));
    raw.shutdownOutput();

    alice.expect("bob", "bye");
    awaitLine("bob disconnected");
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  /**
   * Not read from for its rate, it can send on; what was decrypted waits, and the rest with TCP.
   */
  @ParameterizedTest
  @MethodSource("transports")
  void delaysWhoeverSaysTooMuchAndLosesNothing(Transport.Choice transport) throws Exception {
    ChatServer server =
        start("transport", transport.toString(), "messageBurst", "10", "messagesPerSecond", "200");
    TestPeer alice = member(server);
    SSLSocket socket = socket(server, "TLSv1.3");
    open(socket);
    StringBuilder said = new StringBuilder(frame("bob"));
    for (int n = 0; n < 200; n++) {
      said.append(frame(n + "z".repeat(500)));
    }
    socket.getOutputStream().write(said.toString().getBytes(StandardCharsets.UTF_8));
    socket.shutdownOutput();

    for (int n = 0; n < 200; n++) {
      alice.expect("bob", n + "z".repeat(500));
    }
    awaitLine("bob disconnected");
  }

  @Test
  void aMemberThatBeginsARecordAndDoesNotEndItIsClosed() throws Exception {
    ChatServer server = start("frameTimeout", "1s");
    Socket raw = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    SSLSocket socket = socket(raw, "TLSv1.3");
    open(socket);
    socket.getOutputStream().write(frame("bob").getBytes(StandardCharsets.UTF_8));
    raw.getOutputStream().write(new byte[] {0x17, 3, 3, 0x40, 0, 1, 2, 3});

    awaitLine(
        "127.0.0.1:"
            + raw.getLocalPort()
            + " rejected (frame-timeout): a frame was not"
            + " complete 1 s after its first byte, expected the rest of it in time");
  }

  @Test
  void aSlowMemberIsSlowWithTlsTooAndMissesWholeMessagesOnly() throws Exception {
    ChatServer server =
        start("messagesPerSecond", "0", "slowMemberPatience", "1s", "memberBacklogBytes", "65536");
    TestPeer alice = member(server);
    Socket raw = new Socket();
    raw.setReceiveBufferSize(4096);
    raw.connect(server.address());
    SSLSocket slow = socket(raw, "TLSv1.3");
    TestPeer sloth = open(TestPeer.over(slow)).send(frame("sloth") + frame("here"));
    alice.expect("sloth", "here");
    TestPeer bob = joinTls(server, "bob", alice, "TLSv1.3");
    for (int n = 0; n < 2_000; n++) { // in step, so that bob misses nothing
      String text = n + " " + "w".repeat(8_000);
      alice.send(frame(text));
      bob.expect("plain", text);
    }

    awaitLine(
        "127.0.0.1:"
            + raw.getLocalPort()
            + " does not keep up: it misses messages until it has read what waits");
    sloth.expect("bob", "here is bob");
    int heard = 0;
    int last = -1;
    alice.send(frame("2000 end"));
    while (last != 2_000) {
      assertThat(sloth.readFrame()).isEqualTo("plain");
      String text = sloth.readFrame();
      int number = Integer.parseInt(text.substring(0, text.indexOf(' ')));
      assertThat(number).isGreaterThan(last);
      last = number;
      heard++;
      if (number == 1_999) {
        alice.send(frame("2000 end")); // the first may have been missed, too
      }
    }
    assertThat(heard).isBetween(10, 1_900);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void saysGoodbyeWithCloseNotifyWhenItStops(Transport.Choice transport) throws Exception {
    ChatServer server = start("transport", transport.toString());
    TestPeer alice = member(server);
    SSLSocket socket = socket(server, "TLSv1.3");
    TestPeer bob = open(TestPeer.over(socket)).send(frame("bob") + frame("here"));
    alice.expect("bob", "here");
    alice.send(frame("last words"));
    bob.expect("plain", "last words");
    Thread stop = new Thread(server::close);
    stop.start();

    assertThat(bob.nextIsEnd()).as("an end, and no failure").isTrue();
    bob.close();
    alice.close();
    stop.join(Duration.ofSeconds(60).toMillis());
    assertThat(stop.isAlive()).isFalse();
  }

  @Test
  void showsTheNewCertificateToWhoeverComesAfterTheFilesHaveChanged() throws Exception {
    Path file = Files.copy(keys.resolve("self-signed.pem"), dir.resolve("tls.pem"));
    ChatServer server =
        start("tlsSelfSigned", "OFF", "tlsCert", file.toString(), "tlsKey", file.toString());
    TestPeer alice = member(server);
    SSLSocket before = socket(server, "TLSv1.3");
    Certificate first = before.getSession().getPeerCertificates()[0];
    TestPeer bob = open(TestPeer.over(before)).send(frame("bob") + frame("here"));
    alice.expect("bob", "here");
    ChatServer.start(config(Map.of("tlsSelfSigned", dir.resolve("new").toString()))).close();

    Files.copy(dir.resolve("new/self-signed.pem"), file, StandardCopyOption.REPLACE_EXISTING);

    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              try (SSLSocket after = socket(server, "TLSv1.3")) {
                return !after.getSession().getPeerCertificates()[0].equals(first);
              }
            });
    bob.send(frame("still here"));
    alice.expect("bob", "still here");
  }

  @Test
  void saysWhatIsMissingInItsConfiguration() {
    assertThatThrownBy(() -> ChatServer.start(config(Map.of("tlsOnly", "true"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("tlsOnly needs a certificate");
    assertThatThrownBy(() -> ChatServer.start(config(Map.of("tlsCert", "cert.pem"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("tlsCert is cert.pem and tlsKey is off, expected a file for each");
    assertThatThrownBy(
            () ->
                ChatServer.start(
                    config(Map.of("tlsCert", "c", "tlsKey", "k", "tlsSelfSigned", "d"))))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("exclude each other");
    assertThatThrownBy(() -> ChatServer.start(config(Map.of("tlsCert", "/no/c", "tlsKey", "k"))))
        .isInstanceOf(IOException.class)
        .hasMessage("/no/c cannot be read: no such file or directory");
  }

  // ----

  private ChatServer start(String... namesAndValues) throws IOException {
    Map<String, String> values = new HashMap<>(Map.of("tlsSelfSigned", keys.toString()));
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    ChatServer server = ChatServer.start(config(values));
    servers.add(server);
    return server;
  }

  private static ServerConfig config(Map<String, String> values) {
    Map<String, String> all =
        new HashMap<>(Map.of("port", "0", "host", "127.0.0.1", "admin", "off"));
    all.putAll(values);
    return ServerConfig.of(all);
  }

  private <T extends AutoCloseable> T open(T closeable) {
    open.add(closeable);
    return closeable;
  }

  /** A member without TLS. */
  private TestPeer member(ChatServer server) {
    TestPeer peer = open(TestPeer.connect(server)).send(frame("plain"));
    awaitLine("127.0.0.1:" + peer.localPort() + ", user: plain");
    return peer;
  }

  private TestPeer joinTls(ChatServer server, String name, TestPeer witness, String protocol)
      throws IOException {
    TestPeer peer = open(TestPeer.over(socket(server, protocol)));
    peer.send(frame(name)).send(frame("here is " + name));
    witness.expect(name, "here is " + name);
    return peer;
  }

  private void awaitLine(String line) {
    await().untilAsserted(() -> assertThat(log.lines()).contains(line));
  }

  private SSLSocket socket(ChatServer server, String protocol) throws IOException {
    return socket(
        new Socket(InetAddress.getLoopbackAddress(), server.address().getPort()), protocol);
  }

  private static SSLSocket socket(Socket below, String protocol) throws IOException {
    below.setTcpNoDelay(true);
    SSLSocket socket =
        (SSLSocket)
            CLIENT.getSocketFactory().createSocket(below, "localhost", below.getPort(), true);
    socket.setEnabledProtocols(new String[] {protocol});
    socket.setSoTimeout(60_000);
    try {
      socket.startHandshake();
    } catch (SSLException e) {
      throw new IOException("the handshake failed", e);
    }
    return socket;
  }

  /** Trusts everybody: what is tested is the other side. */
  private static SSLContext client() {
    X509TrustManager everybody =
        new X509TrustManager() {
          @Override
          public void checkClientTrusted(X509Certificate[] chain, String type) {}

          @Override
          public void checkServerTrusted(X509Certificate[] chain, String type) {}

          @Override
          public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
          }
        };
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {everybody}, null);
      return context;
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
