package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.Fingerprint;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The client with TLS, against the server. */
class TlsClientTest {

  private static final ChatListener DEAF = (client, message) -> {};

  /** Set by one test here only. */
  private static final String AUTHORITIES = "javax.net.ssl.trustStore";

  @TempDir Path dir;

  @AfterEach
  void forgetAuthorities() {
    System.clearProperty(AUTHORITIES);
  }

  @Test
  void sendsReceivesAndLeavesInOrder() throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    BlockingQueue<ChatMessage> heard = new LinkedBlockingQueue<>();
    try (TlsRoom room = TlsRoom.with("localhost");
        ChatClient bob = connect(room.address(), trust, (client, message) -> heard.add(message))) {
      room.awaitMembers(1);
      ChatClient alice = connect(room.address(), trust, DEAF);
      String longest = "x".repeat(65_536);
      for (int n = 0; n < 20; n++) {
        alice.send(n + "");
        alice.send(longest);
      }
      alice.close();

      assertThat(alice.closed().get(60, TimeUnit.SECONDS)).isEqualTo(Ending.BY_US);
      for (int n = 0; n < 20; n++) {
        assertThat(hear(heard)).isEqualTo(new ChatMessage("tester", n + ""));
        assertThat(hear(heard).text()).isEqualTo(longest);
      }
      room.stop();
      assertThat(bob.closed().get(60, TimeUnit.SECONDS)).isEqualTo(Ending.BY_SERVER);
    }
  }

  @Test
  void trustsAnAddressInTheCertificate() throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    try (TlsRoom room = TlsRoom.with("localhost")) {
      connect(new ServerAddress("127.0.0.1", room.port()), trust, DEAF).close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "expired, ca.pem, it expired at 2020-02-01T00:00:00Z",
    "elsewhere, ca.pem, it is for chat.example.org and not for localhost",
    "localhost, other-ca.pem, no trusted authority has issued it",
    "rsa, ca.pem, no trusted authority has issued it"
  })
  void refusesAnInvalidCertificateAndSaysWhy(String certificate, String authorities, String why)
      throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file(authorities));
    try (TlsRoom room = TlsRoom.with(certificate)) {
      assertThatThrownBy(() -> connect(room.address(), trust, DEAF))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageStartingWith(room.address() + " has an invalid certificate: " + why);
    }
    noThreadIsLeft();
  }

  /** Java itself refuses all such names; container networks are full of them. */
  @Test
  void comparesNamesWithAnUnderscore() throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("underscore.pem"));
    try (TlsRoom room = TlsRoom.with("underscore")) {
      shakeHands(room, "chat_server", trust);
      shakeHands(room, "Chat_Server", trust);

      assertThatThrownBy(() -> shakeHands(room, "other_server", trust))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessage(
              "other_server:%s has an invalid certificate: it is for chat_server and"
                  + " not for other_server",
              room.address().port());
      assertThatThrownBy(
              () -> shakeHands(room, "chat_server", TlsTrust.authorities(TlsRoom.file("ca.pem"))))
          .hasMessageContaining("no trusted authority has issued it");
    }
  }

  @Test
  void takesAWildcardForTheFirstLabelOfANameWithAnUnderscore() throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("wildcard.pem"));
    try (TlsRoom room = TlsRoom.with("wildcard")) { // *.example.com and *.top
      shakeHands(room, "chat_server.example.com", trust);
      shakeHands(room, "Chat_Server.Example.com.", trust);

      for (String other :
          List.of(
              "a.chat_server.example.com",
              "_.example.org",
              "example_com",
              "_example.com",
              "chat_server.top")) {
        assertThatThrownBy(() -> shakeHands(room, other, trust))
            .isExactlyInstanceOf(UntrustedServerException.class)
            .hasMessageEndingWith("it is for *.example.com, *.top and not for " + other);
      }
    }
  }

  /** As in resolv.conf and zone files: the name is complete. */
  @Test
  void ignoresADotAtTheEndOfAName() throws Exception {
    TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
    try (TlsRoom room = TlsRoom.with("elsewhere")) {
      shakeHands(room, "chat.example.org.", trust);

      assertThatThrownBy(() -> shakeHands(room, "other.example.org.", trust))
          .isExactlyInstanceOf(UntrustedServerException.class);
    }
    KnownServers known = new KnownServers(dir.resolve("known"));
    try (TlsRoom room = TlsRoom.selfSigned(dir.resolve("a"))) {
      TlsTrust firstUse = TlsTrust.firstUse(known);
      assertThatThrownBy(() -> shakeHands(room, "chat.example.org.", firstUse))
          .isInstanceOfSatisfying(
              UnknownServerException.class,
              e -> {
                try {
                  known.remember(e.server(), e.fingerprint());
                } catch (ChatException failure) {
                  throw new AssertionError(failure);
                }
              });
      shakeHands(room, "chat.example.org.", firstUse);
      shakeHands(room, "chat.example.org", firstUse);
    }
  }

  /** Connects as if the room's host had that name. */
  private static void shakeHands(TlsRoom room, String host, TlsTrust trust) throws ChatException {
    Duration patience = Duration.ofSeconds(60);
    EventLoop loop =
        new SingleThreadIoEventLoop(
            null, new DefaultThreadFactory("hands"), NioIoHandler.newFactory());
    try {
      Channel channel = new Connector(loop, patience).connect(room.address());
      TlsLink.shakeHands(channel, new ServerAddress(host, room.address().port()), trust, patience);
    } finally {
      loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  /** A certificate for another host, or an expired one, is refused without asking. */
  @ParameterizedTest
  @CsvSource({"expired", "elsewhere", "localhost"})
  void doesNotOfferToTrustACertificateOfAnUnknownAuthority(String certificate) throws Exception {
    KnownServers known = new KnownServers(dir.resolve("known"));
    try (TlsRoom room = TlsRoom.with(certificate)) {
      assertThatThrownBy(() -> connect(room.address(), TlsTrust.firstUse(known), DEAF))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageContaining("has an invalid certificate");
    }
  }

  @Test
  void trustsOneFingerprintAndNoOther() throws Exception {
    Fingerprint right = TlsRoom.fingerprint(TlsRoom.file("expired.pem"));
    Fingerprint wrong = TlsRoom.fingerprint(TlsRoom.file("localhost.pem"));
    try (TlsRoom room = TlsRoom.with("expired")) {
      connect(room.address(), TlsTrust.fingerprint(right), DEAF).close();

      assertThatThrownBy(() -> connect(room.address(), TlsTrust.fingerprint(wrong), DEAF))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessage(room.address() + " has the certificate " + right + ", expected " + wrong);
    }
  }

  @Test
  void recognisesAnAcceptedServerAndWarnsOfAnotherKey() throws Exception {
    KnownServers known = new KnownServers(dir.resolve("home/chatroom/known_servers"));
    TlsTrust trust = TlsTrust.firstUse(known);
    Fingerprint first;
    int port;
    try (TlsRoom room = TlsRoom.selfSigned(dir.resolve("a"))) {
      port = room.port();
      first = TlsRoom.fingerprint(dir.resolve("a/self-signed.pem"));
      assertThatThrownBy(() -> connect(room.address(), trust, DEAF))
          .isInstanceOfSatisfying(
              UnknownServerException.class,
              e -> {
                assertThat(e.fingerprint()).isEqualTo(first);
                assertThat(e.server()).isEqualTo(room.address());
              })
          .hasMessage(
              room.address()
                  + " is not known here yet, and no authority issued its certificate "
                  + first);

      known.remember(room.address(), first);
      connect(room.address(), trust, DEAF).close();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(known.file())))
          .isEqualTo("rw-------");
      assertThat(Files.readString(known.file())).isEqualTo(room.address() + " " + first + "\n");
    }
    try (TlsRoom impostor = TlsRoom.selfSigned(dir.resolve("b"), port)) {
      Fingerprint other = TlsRoom.fingerprint(dir.resolve("b/self-signed.pem"));

      assertThatThrownBy(() -> connect(impostor.address(), trust, DEAF))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageStartingWith("WARNING: " + impostor.address())
          .hasMessageContaining("it was " + first + ", it is " + other)
          .hasMessageEndingWith("remove its line from " + known.file());
    }
    noThreadIsLeft();
  }

  /** One of all those authorities may have been deceived. */
  @Test
  void refusesAKnownServerWithAnotherKeyFromAnyAuthority() throws Exception {
    KnownServers known = new KnownServers(dir.resolve("known"));
    javaKnowsNobodyBut("ca.pem");
    try (TlsRoom room = TlsRoom.with("localhost")) {
      connect(room.address(), TlsTrust.firstUse(known), DEAF).close();

      known.remember(room.address(), TlsRoom.fingerprint(TlsRoom.file("expired.pem")));
      assertThatThrownBy(() -> connect(room.address(), TlsTrust.firstUse(known), DEAF))
          .isExactlyInstanceOf(UntrustedServerException.class)
          .hasMessageStartingWith("WARNING: " + room.address());
    }
  }

  @Test
  void offersToTrustANewServerIfJavaKnowsNoAuthority() throws Exception {
    KnownServers known = new KnownServers(dir.resolve("known"));
    javaKnowsNobodyBut();
    try (TlsRoom room = TlsRoom.selfSigned(dir.resolve("a"))) {
      assertThatThrownBy(() -> connect(room.address(), TlsTrust.firstUse(known), DEAF))
          .isInstanceOf(UnknownServerException.class);
    }
  }

  /** Until the end of the test this Java knows only these authorities. */
  private void javaKnowsNobodyBut(String... certificates) throws Exception {
    KeyStore store = KeyStore.getInstance("JKS"); // its certificates are read without a password
    store.load(null, null);
    for (String certificate : certificates) {
      try (InputStream in = Files.newInputStream(TlsRoom.file(certificate))) {
        store.setCertificateEntry(
            certificate, CertificateFactory.getInstance("X.509").generateCertificate(in));
      }
    }
    Path file = dir.resolve("authorities");
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, "of no interest".toCharArray());
    }
    System.setProperty(AUTHORITIES, file.toString());
  }

  @Test
  void keepsKnownServersInAFileThatPeopleMayEdit() throws Exception {
    Path file = Files.writeString(dir.resolve("known"), "# mine\n\nlocalhost:1 SHA256:x\n");
    KnownServers known = new KnownServers(file);
    ServerAddress server = new ServerAddress("Chat.example.org", 3306);
    assertThatThrownBy(() -> known.fingerprintOf(server))
        .isInstanceOf(ChatException.class)
        .hasMessageStartingWith(file + ":3: \"SHA256:x\" is not a fingerprint");

    Files.writeString(file, "# mine\n\n");
    Fingerprint fingerprint = TlsRoom.fingerprint(TlsRoom.file("ca.pem"));
    known.remember(server, fingerprint);
    assertThat(Files.readAllLines(file))
        .containsExactly("# mine", "", "chat.example.org:3306 " + fingerprint);
    assertThat(known.fingerprintOf(new ServerAddress("chat.EXAMPLE.org", 3306)))
        .isEqualTo(fingerprint);
    assertThat(known.fingerprintOf(new ServerAddress("chat.example.org", 3307))).isNull();
  }

  /** Otherwise a server with another certificate would count as unknown. */
  @Test
  void readsAFileWrittenByNotepad() throws Exception {
    Fingerprint fingerprint = TlsRoom.fingerprint(TlsRoom.file("ca.pem"));
    Path file =
        Files.writeString(
            dir.resolve("known"),
            "\uFEFFa:1 " + fingerprint + "\r\n\uFEFFb:1 " + fingerprint + "\r\n");

    assertThat(new KnownServers(file).fingerprintOf(new ServerAddress("b", 1)))
        .isEqualTo(fingerprint);
    assertThat(new KnownServers(file).fingerprintOf(new ServerAddress("a", 1)))
        .isEqualTo(fingerprint);
  }

  @Test
  void remembersTheAnswersOfTwoWindowsAtOnce() throws Exception {
    Path real = dir.resolve("real");
    Path file = Files.createSymbolicLink(dir.resolve("known"), real);
    Fingerprint fingerprint = TlsRoom.fingerprint(TlsRoom.file("ca.pem"));
    Fingerprint another = Fingerprint.parse("SHA256:" + "A".repeat(43));
    List<CompletableFuture<Void>> windows =
        IntStream.range(0, 20)
            .mapToObj(
                n ->
                    CompletableFuture.runAsync(
                        () -> {
                          try {
                            new KnownServers(file)
                                .remember(new ServerAddress("h" + n / 2, 1), fingerprint);
                          } catch (ChatException e) {
                            throw new AssertionError(e);
                          }
                        }))
            .toList();
    windows.forEach(CompletableFuture::join);

    assertThat(file).isSymbolicLink();
    assertThat(Files.readAllLines(real)).as("each once").hasSize(10);
    assertThatThrownBy(() -> new KnownServers(file).remember(new ServerAddress("h1", 1), another))
        .isInstanceOf(ChatException.class)
        .hasMessage(file + " has another certificate of h1:1 meanwhile: " + fingerprint);
  }

  @Test
  void reportsAServerThatDoesNotSpeakTls() throws Exception {
    try (ChatServer plain =
        ChatServer.start(
            ServerConfig.of(Map.of("port", "0", "host", "127.0.0.1", "admin", "off")))) {
      ServerAddress address = new ServerAddress("localhost", plain.address().getPort());

      assertThatThrownBy(() -> connect(address, TlsTrust.authorities(), DEAF))
          .isExactlyInstanceOf(ChatException.class)
          .hasMessageContaining(address.toString())
          .hasMessageContaining("check that it speaks TLS on this port");
    }
    try (ServerSocket talker = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      CompletableFuture<Void> talking =
          CompletableFuture.runAsync(
              () -> {
                try (var peer = talker.accept()) {
                  peer.getOutputStream()
                      .write(
                          "220 welcome\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
                  peer.getInputStream().readAllBytes();
                } catch (IOException e) {
                  // the client has left
                }
              });
      ServerAddress address = new ServerAddress("localhost", talker.getLocalPort());
      assertThatThrownBy(() -> connect(address, TlsTrust.authorities(), DEAF))
          .hasMessage(address + " did not answer in TLS: check that it speaks TLS on this port");
      talking.get(60, TimeUnit.SECONDS);
    }
    noThreadIsLeft();
  }

  @Test
  void doesNotWaitForeverForAHandshake() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerAddress address = new ServerAddress("localhost", silent.getLocalPort());

      assertThatThrownBy(
              () ->
                  ChatClient.builder()
                      .tls(TlsTrust.authorities())
                      .connectTimeout(Duration.ofMillis(200))
                      .connect(address, "tester", DEAF))
          .hasMessage(
              address + " did not answer in TLS in time: check that it speaks TLS on this port");
    }
    noThreadIsLeft();
  }

  @Test
  void reportsABadFileOfAuthorities() throws IOException {
    Path rubbish = Files.writeString(dir.resolve("rubbish"), "rubbish");
    for (Path file : List.of(rubbish, dir.resolve("none"), dir)) {
      assertThatThrownBy(() -> TlsTrust.authorities(file))
          .isExactlyInstanceOf(ChatException.class)
          .hasMessageStartingWith(file.toString())
          .hasMessageNotContaining("Exception");
    }
  }

  @Test
  void reportsTheTlsAlertWithoutJavasWords() {
    ServerAddress server = new ServerAddress("chat.example", 3306);

    assertThat(
            TlsLink.explain(
                server, new SSLHandshakeException("(x) Received fatal alert: handshake_failure")))
        .hasMessage(
            "chat.example:3306 refused TLS with the alert handshake_failure: check that it speaks"
                + " TLS 1.2 or 1.3, and look into its log");
    assertThat(TlsLink.explain(server, new SSLHandshakeException("No available cipher")))
        .hasMessage(
            "no TLS with chat.example:3306: its answer is not valid TLS 1.2 or 1.3; check which"
                + " server runs there");
  }

  private static ChatClient connect(ServerAddress server, TlsTrust trust, ChatListener listener)
      throws ChatException {
    // A busy machine takes its time for 1.3 MB of TLS.
    Duration patience = Duration.ofSeconds(60);
    return ChatClient.builder()
        .tls(trust)
        .closeTimeout(patience)
        .connect(server, "tester", listener);
  }

  private static ChatMessage hear(BlockingQueue<ChatMessage> heard) throws InterruptedException {
    ChatMessage message = heard.poll(60, TimeUnit.SECONDS);
    assertThat(message).isNotNull();
    return message;
  }

  private static void noThreadIsLeft() {
    await()
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("chat-client")));
  }
}
