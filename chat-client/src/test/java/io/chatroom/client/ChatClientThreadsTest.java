package io.chatroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.Peer.Member;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A client has one thread, and when it is over it has none: whoever uses it in a program of their
 * own counts on that. Whatever thread is new afterwards, of whatever name, must end.
 */
class ChatClientThreadsTest {

  private static final ChatListener DEAF = (client, message) -> {};

  private final Peer peer = new Peer();
  private final Set<Thread> before = threads();

  @AfterEach
  void close() {
    peer.close();
  }

  @Test
  void aClientHasOneThreadUntilItIsClosed() throws Exception {
    ChatClient client = ChatClient.connect(peer.address(), "alice", DEAF);
    Member alice = peer.accept("alice");
    assertThat(newThreads())
        .filteredOn(thread -> thread.getName().startsWith("chat-client"))
        .hasSize(1);
    alice.fin();
    client.close();

    assertThatNewThreadsEnd();
    alice.close();
  }

  @Test
  void noneIsLeftWhenTheServerNeverEndsItsSide() throws Exception {
    ChatClient client =
        ChatClient.builder()
            .closeTimeout(Duration.ofMillis(50))
            .connect(peer.address(), "alice", DEAF);
    try (Member alice = peer.accept("alice")) {
      client.close();

      assertThatNewThreadsEnd();
      assertThat(alice.atEnd()).isTrue();
    }
  }

  @Test
  void noneIsLeftWhenTheServerEndsTheConnection() throws Exception {
    ChatClient client = ChatClient.connect(peer.address(), "alice", DEAF);
    peer.accept("alice").close();

    assertThat(client.closed().get(60, TimeUnit.SECONDS)).isEqualTo(Ending.BY_SERVER);
    assertThatNewThreadsEnd();
  }

  @Test
  void noneIsLeftWhenTheServerResets() throws Exception {
    ChatClient client = ChatClient.connect(peer.address(), "alice", DEAF);
    peer.accept("alice").reset();

    assertThatThrownBy(() -> client.closed().get(60, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ChatException.class);
    assertThatNewThreadsEnd();
  }

  @Test
  void noneIsLeftWhenTheConnectionIsRefused() throws Exception {
    assertThatThrownBy(() -> ChatClient.connect(Peer.nobody(), "alice", DEAF))
        .isInstanceOf(ChatException.class);
    assertThatNewThreadsEnd();
  }

  @Test
  void noneIsLeftWhenConnectingTimesOut() throws Exception {
    try (DeafServer deaf = new DeafServer()) {
      ChatClient.Builder hasty = ChatClient.builder().connectTimeout(Duration.ofMillis(50));
      assertThatThrownBy(() -> hasty.connect(deaf.address(), "alice", DEAF))
          .isInstanceOf(ChatException.class);
    }
    assertThatNewThreadsEnd();
  }

  @Test
  void noneIsLeftWhenTheHostIsUnknown() throws Exception {
    ServerAddress invalid = ServerAddress.parse("nowhere.invalid");
    assertThatThrownBy(() -> ChatClient.connect(invalid, "alice", DEAF))
        .isInstanceOf(ChatException.class);
    assertThatNewThreadsEnd();
  }

  /** A thread that has said that it is over takes another moment to be gone. */
  private void assertThatNewThreadsEnd() throws InterruptedException {
    for (Thread thread : newThreads()) {
      thread.join(TimeUnit.SECONDS.toMillis(60));
    }
    assertThat(newThreads()).isEmpty();
  }

  private Set<Thread> newThreads() {
    Set<Thread> threads = threads();
    threads.removeAll(before);
    return threads;
  }

  /** All but those of JUnit, which begins to watch the time when it likes. */
  private static Set<Thread> threads() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> thread.getName().startsWith("junit-"));
    return threads;
  }
}
