package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.Peer.Member;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.ProtocolException;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChatClientTest {

  private static final Duration SHORT = Duration.ofMillis(100);

  /** Other tests ran servers in this JVM, whose threads may take longer to end. */
  private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();

  private final Peer peer = new Peer();
  private final BlockingQueue<ChatMessage> heard = new LinkedBlockingQueue<>();
  private final ChatListener keep = (client, message) -> heard.add(message);

  @AfterEach
  void noThreadIsLeft() {
    peer.close();
    await().pollInterval(Duration.ofMillis(5)).until(() -> clientThreads().isEmpty());
  }

  @Test
  void registersFirstThenSendsInOrder() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep)) {
      client.send("one");
      client.send("");
      client.send("drei €");

      Member alice = peer.accept();
      assertThat(List.of(alice.read(), alice.read(), alice.read(), alice.read()))
          .containsExactly("alice", "one", "", "drei €");
      alice.close();
    }
  }

  @Test
  void receivesMessagesInOrderWhereverTheStreamIsSplit() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
        Member alice = peer.accept("alice")) {
      alice.relay("bob", "hi");
      String rest = Peer.frame("") + Peer.frame("x") + Peer.frame("bob") + Peer.frame("é");
      for (int i = 0; i < rest.length(); i++) {
        alice.write(rest.substring(i, i + 1));
      }

      assertThat(hear()).isEqualTo(new ChatMessage("bob", "hi"));
      assertThat(hear()).isEqualTo(new ChatMessage("", "x"));
      assertThat(hear()).isEqualTo(new ChatMessage("bob", "é"));
      alice.fin();
      assertThat(end(client)).isEqualTo(Ending.BY_SERVER);
    }
  }

  @Test
  void receivesAMessageLongerThanItMaySend() throws Exception {
    String text = "x".repeat(Limits.DEFAULT.maxMessageBytes() + 1);
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
        Member alice = peer.accept("alice")) {
      alice.relay("a name of more than 128 bytes".repeat(10), text);

      assertThat(hear().text()).isEqualTo(text);
      alice.fin();
      assertThat(end(client)).isEqualTo(Ending.BY_SERVER);
    }
  }

  @Test
  void answersFromItsListener() throws Exception {
    ChatListener echo = (client, message) -> client.send(message.name() + message.text());
    try (ChatClient client = ChatClient.connect(peer.address(), "echo", echo);
        Member member = peer.accept("echo")) {
      member.relay("bob", "1");
      member.relay("bob", "2");

      assertThat(member.read()).isEqualTo("bob1");
      assertThat(member.read()).isEqualTo("bob2");
      member.fin();
      assertThat(end(client)).isEqualTo(Ending.BY_SERVER);
    }
  }

  @Test
  void callsOnPauseWhenNoMoreIsWaiting() throws Exception {
    CountDownLatch paused = new CountDownLatch(1);
    ChatListener listener =
        new ChatListener() {
          @Override
          public void onMessage(ChatClient client, ChatMessage message) {
            heard.add(message);
          }

          @Override
          public void onPause() {
            if (heard.size() == 1) {
              paused.countDown();
            }
          }
        };
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", listener);
        Member alice = peer.accept("alice")) {
      alice.relay("bob", "hi");

      assertThat(paused.await(60, TimeUnit.SECONDS)).isTrue();
      alice.fin();
      end(client);
    }
  }

  @Test
  void sendsEverythingBeforeItEndsItsSide() throws Exception {
    int messages = 1_000;
    ChatClient client = patient().connect(peer.address(), "alice", keep);
    for (int i = 0; i < messages; i++) {
      client.send("message " + i);
    }
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);

    try (Member alice = peer.accept("alice")) {
      for (int i = 0; i < messages; i++) {
        assertThat(alice.read()).isEqualTo("message " + i);
      }
      assertThat(alice.atEnd()).isTrue();
      assertThat(client.closed()).as("before the server's FIN").isNotDone();
    }
    closing.get(60, TimeUnit.SECONDS);
    assertThat(end(client)).isEqualTo(Ending.BY_US);
  }

  @Test
  void dropsWhatArrivesWhileItLeaves() throws Exception {
    ChatClient client = patient().connect(peer.address(), "alice", keep);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    try (Member alice = peer.accept("alice")) {
      assertThat(alice.atEnd()).isTrue();
      alice.relay("bob", "too late");
    }
    closing.get(60, TimeUnit.SECONDS);

    assertThat(end(client)).isEqualTo(Ending.BY_US);
    assertThat(heard).isEmpty();
  }

  /** A server of another protocol has understood nothing, even if it answers late. */
  @Test
  void reportsWhileLeavingThatTheOtherSideIsNotAChatServer() throws Exception {
    ChatClient client = patient().connect(peer.address(), "alice", keep);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    try (Member alice = peer.accept("alice")) {
      assertThat(alice.atEnd()).isTrue();
      alice.write("HTTP/1.0 400 Bad request syntax");
    }
    closing.get(60, TimeUnit.SECONDS);

    assertThat(failure(client))
        .hasMessageStartingWith("%s does not speak the chat protocol: ", peer.address())
        .hasCauseInstanceOf(ProtocolException.class);
  }

  @Test
  void leavesInOrderThoughTheServerNeverEndsItsSide() throws Exception {
    ChatClient client =
        ChatClient.builder().closeTimeout(SHORT).connect(peer.address(), "alice", keep);
    try (Member alice = peer.accept("alice")) {
      client.send("bye");
      client.close();

      assertThat(end(client)).isEqualTo(Ending.UNANSWERED);
      assertThat(alice.read()).isEqualTo("bye");
    }
  }

  /**
   * Closing earlier would answer the server's next word with a reset, and what is on its way would
   * be lost.
   */
  @Test
  void waitsLongerWhileMuchSentDataMayBeInFlight() throws Exception {
    ChatClient client =
        ChatClient.builder().closeTimeout(SHORT).connect(peer.address(), "alice", keep);
    try (Member alice = peer.accept("alice")) {
      String large = "x".repeat(60_000);
      for (int i = 0; i < 30; i++) {
        client.send(large);
      }
      CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
      await().during(SHORT.multipliedBy(3)).until(() -> !client.closed().isDone());

      alice.relay("bob", "chatter");
      for (int i = 0; i < 30; i++) {
        assertThat(alice.read()).isEqualTo(large);
      }
      assertThat(alice.atEnd()).isTrue();
      alice.fin();
      closing.get(60, TimeUnit.SECONDS);
    }
    assertThat(end(client)).isEqualTo(Ending.BY_US);
  }

  @Test
  void doesNotCountAResetAsLeavingInOrder() throws Exception {
    ChatClient client = patient().connect(peer.address(), "alice", keep);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(client::close);
    Member alice = peer.accept("alice");
    assertThat(alice.atEnd()).isTrue();
    alice.reset();
    closing.get(60, TimeUnit.SECONDS);

    assertThat(failure(client)).hasMessage("connection is gone");
  }

  @Test
  void failsWhenTheServerReadsNothingUntilTheTimeout() throws Exception {
    ChatClient client =
        ChatClient.builder().closeTimeout(SHORT).connect(peer.address(), "alice", keep);
    Member alice = peer.accept("alice");
    CompletableFuture<Void> last = fill(client);
    client.close();

    assertThat(failure(client))
        .hasMessage("%s did not take all that was sent within 100 ms", peer.address());
    assertThat(last).isCompletedExceptionally();
    alice.close();
  }

  @Test
  void distinguishesAResetFromAnOrderlyEnd() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep)) {
      peer.accept("alice").reset();

      assertThat(failure(client))
          .hasMessage("connection is gone")
          .hasCauseInstanceOf(IOException.class);
    }
  }

  @Test
  void replacesHalfASurrogatePairAtTheEnd() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
        Member alice = peer.accept("alice")) {
      alice.relay("bob", "whole");
      alice.write(Peer.frame("bob") + "9         half");
      alice.fin();

      assertThat(end(client)).isEqualTo(Ending.BY_SERVER);
      assertThat(heard).containsExactly(new ChatMessage("bob", "whole"));
    }
  }

  @Test
  void leavesAServerThatSpeaksSomethingElse() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
        Member member = peer.accept("alice")) {
      member.write("SSH-2.0-\u001b[2J\r\n");

      assertThat(failure(client))
          .hasMessageStartingWith(peer.address() + " does not speak the chat protocol: the header")
          .hasMessageNotContaining("\u001b")
          .hasCauseInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void refusesToSendAfterClosing() throws Exception {
    ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
    peer.accept("alice").close();
    client.close();
    client.close(); // does nothing

    assertThatThrownBy(() -> client.send("hello?").get(60, TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(ChatException.class)
        .hasMessage("nothing can be sent any more: the connection is closed");
  }

  @Test
  void failsWhatItCouldNotSend() throws Exception {
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep)) {
      Member alice = peer.accept("alice");
      CompletableFuture<Void> last = fill(client);
      alice.reset();

      assertThatThrownBy(() -> last.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ChatException.class)
          .hasMessage("connection is gone");
    }
  }

  @Test
  void refusesWhatServersNeedNotAccept() throws Exception {
    Limits limits = new Limits(5, 3);
    assertThatThrownBy(
            () -> ChatClient.builder().limits(limits).connect(peer.address(), "sixsix", keep))
        .isInstanceOf(ChatException.class)
        .hasMessage("the name has 6 bytes of UTF-8, and servers accept 5");

    try (ChatClient client =
            ChatClient.builder().limits(limits).connect(peer.address(), "alice", keep);
        Member alice = peer.accept("alice")) {
      assertThatThrownBy(() -> client.send("éé").get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(ChatException.class)
          .hasMessage("the message has 4 bytes of UTF-8, and servers accept 3");
      client.send("ok");
      assertThat(alice.read()).isEqualTo("ok");
    }
  }

  @Test
  void failsWithTheExceptionOfItsListener() throws Exception {
    IllegalStateException bug = new IllegalStateException("a bug");
    ChatListener broken =
        (client, message) -> {
          heard.add(message);
          throw bug;
        };
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", broken);
        Member alice = peer.accept("alice")) {
      alice.write((Peer.frame("bob") + Peer.frame("hi")).repeat(3));

      assertThat(failure(client)).hasMessageContaining("a bug").hasCause(bug);
      assertThat(heard).as("after the failure it hears no more").hasSize(1);
    }
  }

  @Test
  void canBeClosedByItsListener() throws Exception {
    ChatListener once = (client, message) -> client.close();
    ChatClient client = patient().connect(peer.address(), "alice", once);
    try (Member alice = peer.accept("alice")) {
      alice.relay("bob", "go away");
      assertThat(alice.atEnd()).isTrue();
    }

    assertThat(end(client)).isEqualTo(Ending.BY_US);
  }

  @Test
  void aServerThatDoesNotReadStopsASenderThatWaits() throws Exception {
    int messages = 100_000;
    String text = "x".repeat(400); // 40 MB in all, more than loopback sockets buffer
    AtomicInteger said = new AtomicInteger();
    try (ChatClient client = ChatClient.connect(peer.address(), "alice", keep);
        Member alice = peer.accept("alice")) {
      CompletableFuture<Void> sender =
          CompletableFuture.runAsync(
              () -> {
                while (said.get() < messages) {
                  CompletableFuture<Void> sent = client.send(text);
                  if (said.incrementAndGet() % 100 == 0) {
                    sent.join();
                  }
                }
              });

      int stoppedAt = awaitNoChange(said);
      assertThat(stoppedAt).isLessThan(messages);
      assertThat(usedDirectMemory()).isLessThan(8L << 20);
      for (int i = 0; i < messages; i++) {
        assertThat(alice.read()).isEqualTo(text);
      }
      sender.get(60, TimeUnit.SECONDS);
    }
  }

  @Test
  void reportsARefusedConnection() {
    ServerAddress nobody = Peer.nobody();
    assertThatThrownBy(() -> ChatClient.connect(nobody, "alice", keep))
        .isInstanceOf(ChatException.class)
        .hasCauseInstanceOf(ConnectException.class)
        .hasMessage(
            "%s refused the connection: check that a server runs there, and that the port is right",
            nobody);
  }

  @Test
  void reportsAnUnknownHost() {
    // RFC 6761 keeps this top-level domain free of hosts.
    ServerAddress invalid = ServerAddress.parse("nowhere.invalid");
    assertThatThrownBy(() -> ChatClient.connect(invalid, "alice", keep))
        .isInstanceOf(ChatException.class)
        .hasCauseInstanceOf(UnknownHostException.class)
        .hasMessage(
            "cannot find the host nowhere.invalid: check its spelling and whether this machine can"
                + " look names up");
  }

  @Test
  void reportsAConnectTimeout() throws Exception {
    try (DeafServer deaf = new DeafServer()) {
      assertThatThrownBy(
              () ->
                  ChatClient.builder().connectTimeout(SHORT).connect(deaf.address(), "alice", keep))
          .isInstanceOf(ChatException.class)
          .hasMessage(
              "%s did not answer within 100 ms: check the address, and whether a firewall is in"
                  + " between",
              deaf.address());
    }
  }

  @Test
  void stopsConnectingWhenInterrupted() throws Exception {
    try (DeafServer deaf = new DeafServer()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> ChatClient.connect(deaf.address(), "alice", keep))
          .isInstanceOf(ChatException.class)
          .hasMessage("connecting was interrupted");
      assertThat(Thread.currentThread().isInterrupted()).as("the interrupt is kept").isTrue();
    } finally {
      Thread.interrupted();
    }
  }

  @Test
  void refusesATimeoutThatIsNotPositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChatClient.builder().connectTimeout(Duration.ZERO))
        .withMessage("a timeout of PT0S, expected more than 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChatClient.builder().closeTimeout(Duration.ofMillis(-1)));
  }

  /** Sends until the operating system accepts no more; returns the last pending future. */
  private static CompletableFuture<Void> fill(ChatClient client) {
    String text = "x".repeat(Limits.DEFAULT.maxMessageBytes());
    CompletableFuture<Void> last = client.send(text);
    for (int i = 0; i < 256; i++) { // 16 MiB, more than loopback sockets buffer
      last = client.send(text);
    }
    assertThat(last).isNotDone();
    return last;
  }

  /** Waits until a number has stayed the same for a while. */
  private static int awaitNoChange(AtomicInteger number) {
    AtomicInteger last = new AtomicInteger(-1);
    await()
        .pollInterval(Duration.ofMillis(250))
        .until(() -> last.getAndSet(number.get()) == number.get() && number.get() > 0);
    return last.get();
  }

  private static long usedDirectMemory() {
    return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric().usedDirectMemory();
  }

  private List<String> clientThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> !threadsBefore.contains(thread))
        .map(Thread::getName)
        .filter(name -> name.startsWith("chat-client") || name.startsWith("globalEventExecutor"))
        .toList();
  }

  private ChatMessage hear() throws InterruptedException {
    ChatMessage message = heard.poll(60, TimeUnit.SECONDS);
    if (message == null) {
      throw new AssertionError("heard nothing for a minute");
    }
    return message;
  }

  private static Ending end(ChatClient client) throws Exception {
    return client.closed().get(60, TimeUnit.SECONDS);
  }

  /** On a busy machine our answer may take longer than a client waits by itself. */
  private static ChatClient.Builder patient() {
    return ChatClient.builder().closeTimeout(Duration.ofSeconds(60));
  }

  private static Throwable failure(ChatClient client) throws Exception {
    return client
        .closed()
        .handle(
            (ending, failure) -> {
              assertThat(failure).as("ended %s", ending).isInstanceOf(ChatException.class);
              return failure;
            })
        .get(60, TimeUnit.SECONDS);
  }
}
