package io.chatroom.server;

import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.config.ConfigOption;
import io.chatroom.server.config.ConfigSources;
import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.transport.BindFailure;
import io.chatroom.server.transport.Transport;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.uring.IoUring;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole server over real sockets. */
class ChatServerTest {

  private static final Pattern OURS = Pattern.compile("chat-.*|store|history|index|search|control");

  /**
   * Closed in this order: peers before their server, which would wait for their answer to its
   * goodbye.
   */
  private final List<AutoCloseable> open = new ArrayList<>();

  private final List<ChatServer> servers = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable closeable : open) {
      closeable.close();
    }
    servers.forEach(ChatServer::close);
  }

  static Stream<Transport.Choice> transports() {
    return Arrays.stream(Transport.Choice.values())
        .filter(choice -> choice != Transport.Choice.EPOLL || Epoll.isAvailable())
        .filter(choice -> choice != Transport.Choice.IO_URING || IoUring.isAvailable());
  }

  @ParameterizedTest
  @MethodSource("transports")
  void holdsAConversationOnEveryTransport(Transport.Choice transport) throws Exception {
    ChatServer server = start(Map.of("CHAT_TRANSPORT", transport.toString()));
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness);
    TestPeer bob = join(server, "bob", witness);
    alice.expect("bob", "here is bob");

    alice.send(" 5        hello");
    bob.expectBytes(frame("alice") + " 5        hello");
    witness.expectBytes(frame("alice") + " 5        hello");
    bob.send(frame("")).finish();
    alice.expect("bob", "");
    witness.expect("bob", "");
    bob.expectClosed();
    alice.send(frame("bye"));
    witness.expect("alice", "bye");
  }

  /**
   * Several senders on several loops: two readers receive everything, in one order, each sender's
   * messages in the order of sending.
   */
  @ParameterizedTest
  @MethodSource("transports")
  void keepsOneOrderAcrossEventLoops(Transport.Choice transport) throws Exception {
    ChatServer server =
        start(Map.of("CHAT_TRANSPORT", transport.toString(), "CHAT_EVENT_LOOPS", "3"));
    TestPeer witness = member(server, "witness");
    List<TestPeer> readers =
        List.of(
            join(server, "r0", witness), join(server, "r1", witness), join(server, "r2", witness));
    readers.get(0).expect("r1", "here is r1");
    readers.get(0).expect("r2", "here is r2");
    readers.get(1).expect("r2", "here is r2");
    List<TestPeer> senders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      senders.add(join(server, "s" + i, witness));
      for (TestPeer reader : readers) {
        reader.expect("s" + i, "here is s" + i);
      }
    }
    int each = 500;
    CompletableFuture<?>[] sending =
        senders.stream()
            .map(
                sender ->
                    CompletableFuture.runAsync(
                        () -> {
                          for (int n = 0; n < each; n++) {
                            sender.send(frame("" + n));
                          }
                        }))
            .toArray(CompletableFuture<?>[]::new);

    List<String> first = new ArrayList<>();
    for (int n = 0; n < each * senders.size(); n++) {
      first.add(readers.get(0).readFrame() + ":" + readers.get(0).readFrame());
    }
    for (TestPeer reader : readers.subList(1, 3)) {
      for (String message : first) {
        assertThat(reader.readFrame() + ":" + reader.readFrame()).isEqualTo(message);
      }
    }
    for (int i = 0; i < senders.size(); i++) {
      String name = "s" + i + ":";
      assertThat(first.stream().filter(message -> message.startsWith(name)))
          .containsExactlyElementsOf(
              Stream.iterate(0, n -> n + 1).limit(each).map(n -> name + n).toList());
    }
    CompletableFuture.allOf(sending).get(60, TimeUnit.SECONDS);
  }

  @Test
  void relaysABurstThatIsFollowedAtOnceByTheEnd() throws Exception {
    ChatServer server = start(Map.of());
    TestPeer witness = member(server, "witness");
    StringBuilder burst = new StringBuilder(frame("alice"));
    for (int n = 0; n < 5_000; n++) {
      burst.append(frame("message " + n));
    }
    connect(server).send(burst.toString()).finish();

    for (int n = 0; n < 5_000; n++) {
      witness.expect("alice", "message " + n);
    }
  }

  @Test
  void silentOrHalfRegisteredConnectionsDelayNobody() throws Exception {
    ChatServer server = start(Map.of());
    TestPeer silent = connect(server);
    TestPeer half = connect(server).send("5         al");
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness).send("9         half");
    TestPeer bob = join(server, "bob", witness);
    bob.send(frame("hi"));
    witness.expect("bob", "hi");

    half.send("ice" + frame("I am here too"));
    witness.expect("alice", "I am here too");
    alice.send(" way\n!").send(frame("x"));
    witness.expect("alice", "half way\n");
    alice.awaitClosed(); // the "!" made a bad header of what followed
    silent.close();
  }

  @Test
  void closesConnectionsThatDoNotRegisterInTime() throws Exception {
    ChatServer server = start(Map.of("CHAT_REGISTRATION_TIMEOUT", "5s"));
    TestPeer silent = connect(server);
    TestPeer witness = member(server, "witness");
    silent.expectClosed();

    join(server, "alice", witness).send(frame("hi"));
    witness.expect("alice", "hi");
  }

  /**
   * More messages than socket buffers and backlog hold pass by a member that does not read. Only
   * that member misses messages, and it stays a member.
   */
  @Test
  void skipsOnlyTheMemberThatDoesNotRead() throws Exception {
    ChatServer server = start(Map.of());
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness);
    TestPeer stuck =
        TestPeer.connect(server, 4_096).send(frame("stuck")).send(frame("here is stuck"));
    open.add(stuck);
    witness.expect("stuck", "here is stuck");
    alice.expect("stuck", "here is stuck");
    String text = "x".repeat(60_000);
    int messages = 300; // 18 MB
    for (int n = 0; n < messages; n++) {
      alice.send(frame(n + " " + text));
      witness.expect("alice", n + " " + text);
    }
    stuck.send(frame("I can still talk"));
    witness.expect("stuck", "I can still talk");

    // Now it reads: whole messages, in order, less what it missed; then the live room.
    int got = 0;
    int before = -1;
    while (true) {
      alice.send(frame("live"));
      witness.expect("alice", "live");
      assertThat(stuck.readFrame()).isEqualTo("alice");
      String message = stuck.readFrame();
      if (message.equals("live")) {
        break;
      }
      int number = Integer.parseInt(message.substring(0, message.indexOf(' ')));
      assertThat(number).isGreaterThan(before);
      assertThat(message).isEqualTo(number + " " + text);
      before = number;
      got++;
    }
    assertThat(got).as("messages that it got").isPositive().isLessThan(messages);
  }

  /**
   * Six megabytes at once and then the end of the stream: the rate limit delays all of it and loses
   * nothing, however the transport reads the end of a stream.
   */
  @ParameterizedTest
  @MethodSource("transports")
  void delaysMembersOverTheirRateAndLosesNothingSentBeforeTheEnd(Transport.Choice transport)
      throws Exception {
    ChatServer server =
        start(
            Map.of(
                "CHAT_TRANSPORT",
                transport.toString(),
                "CHAT_MESSAGES_PER_SECOND",
                "200",
                "CHAT_MESSAGE_BURST",
                "5",
                "CHAT_MEMBER_BACKLOG_BYTES", // all of it, even if the witness is slow
                "8388608"));
    TestPeer witness = member(server, "witness");
    int messages = 100;
    String text = "x".repeat(60_000);
    TestPeer alice = connect(server).send(frame("alice"));
    long start = System.nanoTime();
    CompletableFuture<Void> sending = sendAndFinish(alice, messages, text);

    for (int n = 0; n < messages; n++) {
      witness.expect("alice", n + " " + text);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .as("time that the last message had to wait")
        .isGreaterThanOrEqualTo(Duration.ofSeconds(messages - 5).dividedBy(200));
    alice.expectClosed();
    sending.get(60, TimeUnit.SECONDS);
  }

  private static CompletableFuture<Void> sendAndFinish(TestPeer peer, int messages, String text) {
    return CompletableFuture.runAsync(
        () -> {
          for (int n = 0; n < messages; n++) {
            peer.send(frame(n + " " + text));
          }
          peer.finish();
        });
  }

  /**
   * The room slows its senders because of a member that does not read, while one of them ends its
   * stream.
   */
  @Test
  void losesNothingSentBeforeTheEndWhileTheRoomSlowsSenders() throws Exception {
    // less than is sent, but enough that a slow reader is not mistaken for one that does not read
    ChatServer server = start(Map.of("CHAT_MEMBER_BACKLOG_BYTES", "8388608"));
    TestPeer witness = member(server, "witness");
    TestPeer stuck =
        TestPeer.connect(server, 4_096).send(frame("stuck")).send(frame("here is stuck"));
    open.add(stuck);
    witness.expect("stuck", "here is stuck");
    String text = "x".repeat(60_000);
    int messages = 300; // 18 MB
    TestPeer alice = connect(server).send(frame("alice"));
    CompletableFuture<Void> sending = sendAndFinish(alice, messages, text);

    for (int n = 0; n < messages; n++) {
      witness.expect("alice", n + " " + text);
    }
    alice.expectClosed();
    sending.get(60, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void refusesConnectionsOverTheLimit(Transport.Choice transport) throws Exception {
    try (LogCapture log = new LogCapture()) {
      ChatServer server =
          start(
              Map.of(
                  "CHAT_TRANSPORT",
                  transport.toString(),
                  "CHAT_MAX_CONNECTIONS",
                  "3",
                  "CHAT_MAX_CONNECTIONS_PER_ADDRESS",
                  "3"));
      TestPeer witness = member(server, "witness");
      TestPeer alice = join(server, "alice", witness);
      awaitLine(log, "usher disconnected"); // its place is free
      TestPeer bob = join(server, "bob", witness);
      for (int i = 0; i < 50; i++) {
        connect(server).expectClosed();
      }
      assertThat(log.lines())
          .filteredOn(line -> line.contains(" refused: 3 connections are open (maxConnections)"))
          .hasSizeBetween(5, 25); // five in ten seconds, however slow this machine is

      bob.finish().awaitClosed();
      awaitLine(log, "bob disconnected");
      TestPeer carol = connect(server);
      carol.send(frame("carol")).send(frame("here is carol"));
      witness.expect("carol", "here is carol");
      alice.expect("bob", "here is bob");
      alice.expect("carol", "here is carol");
    }
  }

  @Test
  void closesConnectionsWithAnUnfinishedFrameButNoSilentOnes() throws Exception {
    ChatServer server = start(Map.of("CHAT_FRAME_TIMEOUT", "500ms"));
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness);
    TestPeer bob = join(server, "bob", witness);
    alice.expect("bob", "here is bob");
    alice.send("5         hel").expectClosed();

    bob.send(frame("hi"));
    witness.expect("bob", "hi");
  }

  @Test
  void enablesKeepAliveOnEveryTransport() {
    for (Transport.Choice choice : transports().toList()) {
      EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
      Transport transport = Transport.of(choice);
      assertThat(ListenSocket.bootstrap(transport, loops).config().childOptions())
          .containsEntry(transport.keepAlive().idle(), 60)
          .containsEntry(transport.keepAlive().interval(), 15)
          .containsEntry(transport.keepAlive().count(), 4);
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  /** A FIN would mean that everything was read (P-20), and `send` would report success. */
  @Test
  void resetsMembersWithDelayedMessagesWhenItStops() throws Exception {
    ChatServer server = start(Map.of("CHAT_MESSAGES_PER_SECOND", "1", "CHAT_MESSAGE_BURST", "1"));
    TestPeer witness = member(server, "witness");
    TestPeer alice = connect(server).send(frame("alice")).send(frame("1"));
    for (int n = 2; n < 100; n++) {
      alice.send(frame("" + n));
    }
    alice.finish();
    witness.expect("alice", "1");

    server.close();

    assertThatThrownBy(alice::nextIsEnd).hasMessageContaining("reset");
  }

  @Test
  void deliversEveryMessageItHasReadBeforeItStops() throws Exception {
    ChatServer server = start(Map.of("CHAT_DRAIN_SECONDS", "60"));
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness);
    int messages = 2_000;
    for (int n = 0; n < messages; n++) {
      alice.send(frame("message " + n));
    }
    witness.expect("alice", "message 0");
    CompletableFuture<Void> stopping = CompletableFuture.runAsync(server::close);

    // Everything or a beginning of it, but no gap, no half message, and a clean end.
    int n = 1;
    while (!witness.nextIsEnd()) {
      witness.expect("alice", "message " + n++);
    }
    alice.expectClosed();
    witness.close();
    stopping.get(60, TimeUnit.SECONDS);
    assertThatThrownBy(() -> TestPeer.connect(server)).hasMessageContaining("refused");
  }

  @Test
  void stopsInTimeEvenIfNobodyReadsOrAnswers() throws Exception {
    ChatServer server = start(Map.of("CHAT_DRAIN_SECONDS", "2"));
    TestPeer witness = member(server, "witness");
    TestPeer alice = join(server, "alice", witness);
    for (int n = 0; n < 50; n++) {
      alice.send(frame("x".repeat(60_000))); // the witness reads none of it
    }

    CompletableFuture.runAsync(server::close).get(60, TimeUnit.SECONDS);
  }

  @Test
  void reportsATakenPort() throws Exception {
    ChatServer server = start(Map.of());
    int port = server.address().getPort();

    assertThatThrownBy(() -> start(Map.of("CHAT_PORT", "" + port)))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "cannot listen on 127.0.0.1:"
                + port
                + ": the port is taken, stop what uses it or choose another with --port");
  }

  @Test
  void reportsAnAddressOfAnotherMachine() {
    assertThatThrownBy(() -> start(Map.of("CHAT_HOST", "192.0.2.1")))
        .hasMessage(
            "cannot listen on 192.0.2.1:0: this machine does not have that address, expected one of"
                + " its own or 0.0.0.0 for all");
    assertThatThrownBy(() -> start(Map.of("CHAT_HOST", "nowhere.invalid")))
        .hasMessageStartingWith("cannot listen on nowhere.invalid:0: the host is not known");
  }

  @Test
  void printsWhatTheSeedPrints() throws Exception {
    try (LogCapture log = new LogCapture()) {
      ChatServer server = start(Map.of("CHAT_TRANSCRIPT", "true", "CHAT_TRANSPORT", "nio"));
      TestPeer witness = member(server, "witness");
      TestPeer alice = join(server, "alice", witness);
      int port = alice.localPort();
      alice.close();
      awaitLine(log, "alice disconnected");

      assertThat(log.lines())
          .contains("listening on 127.0.0.1:" + server.address().getPort())
          .containsSubsequence(
              "127.0.0.1:" + port + ", user: alice",
              "127.0.0.1---alice:    here is alice",
              "alice disconnected")
          .contains(
              "without --data or --store: messages and owned names live as long as the server")
          .anyMatch(line -> line.startsWith("transport nio, "));
    }
  }

  @Test
  void logsRejectionsWithTheirAddressAndBoundsTheirNumber() throws Exception {
    try (LogCapture log = new LogCapture()) {
      ChatServer server = start(Map.of());
      TestPeer bad = connect(server).send("+5        ");
      bad.expectClosed();
      for (int i = 0; i < 100; i++) {
        connect(server).send("bad header").expectClosed();
      }

      assertThat(log.lines())
          .contains(
              "127.0.0.1:"
                  + bad.localPort()
                  + " rejected (malformed-header): the header is \"+5        \", expected 10 bytes"
                  + " of optional spaces, 1 to 10 digits, optional spaces")
          .filteredOn(line -> line.contains("rejected"))
          .hasSizeBetween(20, 60); // twenty in ten seconds, however slow this machine is
    }
  }

  /** Even if much is logged and something goes wrong. */
  @Test
  void logsNoMessageWithoutATranscript() throws Exception {
    try (LogCapture log = LogCapture.ofEverything()) {
      ChatServer server = start(Map.of("CHAT_FRAME_TIMEOUT", "500ms"));
      TestPeer witness = member(server, "witness");
      String secret = "s3cr3t wo";
      TestPeer alice = join(server, "alice", witness).send(frame(secret));
      witness.expect("alice", secret);
      alice.send(secret + " " + secret).awaitClosed(); // where a header should be
      join(server, "bob", witness).send("100       " + secret).expectClosed(); // and no more
      byte[] notUtf8 = ("11        " + secret + "\0\0").getBytes(StandardCharsets.US_ASCII);
      notUtf8[notUtf8.length - 1] = (byte) 0xFF;
      join(server, "carol", witness).send(notUtf8).expectClosed();
      join(server, "dave", witness).send(frame(secret)).reset();
      awaitLine(log, "dave disconnected");
      server.close();

      assertThat(log.lines())
          .contains("carol disconnected")
          .anyMatch(
              line ->
                  line.endsWith(
                      " rejected (malformed-header): its bytes are shown with a transcript only,"
                          + " expected 10 bytes of optional spaces, 1 to 10 digits, optional"
                          + " spaces"))
          .noneMatch(line -> line.contains("s3cr3t"));
    }
  }

  @Test
  void showsABadHeaderOfAMemberWithATranscript() throws Exception {
    try (LogCapture log = new LogCapture()) {
      ChatServer server = start(Map.of("CHAT_TRANSCRIPT", "true"));
      TestPeer witness = member(server, "witness");
      join(server, "alice", witness).send("bad header").awaitClosed();

      assertThat(log.lines())
          .anyMatch(
              line -> line.contains("rejected (malformed-header): the header is \"bad header\""));
    }
  }

  @Test
  void setsSocketOptions() {
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      var config = ListenSocket.bootstrap(Transport.of(Transport.Choice.NIO), loops).config();

      assertThat(config.options()).containsEntry(ChannelOption.SO_BACKLOG, 4096);
      assertThat(config.childOptions())
          .containsEntry(ChannelOption.ALLOW_HALF_CLOSURE, true)
          .containsEntry(ChannelOption.TCP_NODELAY, true)
          .containsEntry(ChannelOption.SO_KEEPALIVE, true);
    } finally {
      loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  @Test
  void showsAnIpv6AddressInBrackets() {
    assertThat(BindFailure.explain("::1", 9, "--port", new IOException("x")))
        .hasMessage("cannot listen on [::1]:9: the system does not allow it (x)");
  }

  @Test
  void leavesNoThreadBehind() throws Exception {
    ChatServer server = start(Map.of());
    member(server, "witness").close();
    server.close();

    awaitNoThread();
  }

  /** Whatever prevents the start, everything that was started before has ended. */
  @Test
  void leavesNoThreadBehindWhenItCannotStart(@TempDir Path directory) throws Exception {
    Path keys = Files.writeString(directory.resolve("keys"), "0123456789abcdef team\n");
    Map<String, String> all =
        Map.of(
            "CHAT_TLS_SELF_SIGNED", directory.resolve("tls").toString(),
            "CHAT_ACCESS_KEY_FILE", keys.toString(),
            "CHAT_DATA", directory.resolve("data").toString());
    Transport nio = Transport.of(Transport.Choice.NIO);
    Transport broken =
        new Transport(
            "broken",
            executor -> {
              throw new IllegalStateException("too many open files");
            },
            nio.serverChannel(),
            nio.silentMillis(),
            nio.keepAlive(),
            nio.unsentBytes());

    assertThatThrownBy(() -> ChatServer.start(config(all), broken))
        .hasMessageContaining("choose fewer with --event-loops");
    awaitNoThread();
    for (Map<String, String> bad :
        List.of(
            Map.of("CHAT_ACCESS_KEY_FILE", directory.resolve("missing").toString()),
            Map.of("CHAT_STORE", "postgresql://localhost/chat"), // and a directory
            Map.of("CHAT_DATA", keys.toString()),
            Map.of("CHAT_HOST", "192.0.2.1"),
            Map.of("CHAT_HOOK_FILE", directory.resolve("missing").toString()),
            Map.of("CHAT_ADMIN", "192.0.2.1:0"))) {
      Map<String, String> settings = new HashMap<>(all);
      settings.putAll(bad);
      assertThatThrownBy(() -> start(settings)).as("%s", bad).isInstanceOf(Exception.class);
      awaitNoThread();
    }
  }

  private static void awaitNoThread() {
    Awaitility.await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> OURS.matcher(thread.getName()).matches()));
  }

  private static void awaitLine(LogCapture log, String line) {
    Awaitility.await().untilAsserted(() -> assertThat(log.lines()).contains(line));
  }

  private ChatServer start(Map<String, String> environment) throws IOException {
    ChatServer server = ChatServer.start(config(environment));
    servers.add(server);
    return server;
  }

  private static ServerConfig config(Map<String, String> environment) {
    Map<String, String> settings = new HashMap<>(environment);
    settings.putIfAbsent("CHAT_HOST", "127.0.0.1");
    settings.putIfAbsent("CHAT_PORT", "0");
    settings.putIfAbsent("CHAT_ADMIN", "off");
    settings.putIfAbsent("CHAT_MESSAGES_PER_SECOND", "0");
    return ConfigOption.configOf(ConfigSources.environment(settings));
  }

  private TestPeer connect(ChatServer server) {
    TestPeer peer = TestPeer.connect(server);
    open.add(peer);
    return peer;
  }

  private TestPeer join(ChatServer server, String name, TestPeer witness) {
    TestPeer peer = TestPeer.join(server, name, witness);
    open.add(peer);
    return peer;
  }

  /**
   * The first member, when there is no witness yet: it is in the room once a message of a second
   * one reaches it.
   */
  private TestPeer member(ChatServer server, String name) {
    TestPeer first = connect(server).send(frame(name));
    TestPeer second = connect(server).send(frame("usher"));
    // Nothing tells when the first is registered, so the usher sends until a message arrives.
    Awaitility.await()
        .until(
            () -> {
              second.send(frame("are you there?"));
              return first.hasInput();
            });
    second.send(frame("good"));
    String heard = "";
    while (!heard.equals("good")) {
      assertThat(first.readFrame()).isEqualTo("usher");
      heard = first.readFrame();
    }
    second.finish().expectClosed();
    return first;
  }
}
