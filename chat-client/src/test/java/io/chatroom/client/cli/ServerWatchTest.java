package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.ChatException;
import io.chatroom.client.SessionClient;
import io.chatroom.client.SessionPeer;
import io.chatroom.client.TlsRoom;
import io.chatroom.protocol.session.FromClient;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Giving up a server, with a clock that the test sets. */
class ServerWatchTest {

  private final AtomicLong nanos = new AtomicLong(-5); // as System.nanoTime may be
  private final Queue<Runnable> aSecondLater = new ConcurrentLinkedQueue<>();
  private final AtomicInteger pauses = new AtomicInteger();
  private final ServerWatch watch = watch(true);

  private final SessionPeer peer = new SessionPeer(false);
  private SessionPeer.Link link;
  private SessionClient client;

  private ServerWatch watch(boolean comesBack) {
    return new ServerWatch(comesBack, pauses::incrementAndGet, nanos::get, aSecondLater::add);
  }

  @BeforeEach
  void connect() throws Exception {
    CompletableFuture<SessionClient> connecting =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return SessionClient.builder()
                    .closeTimeout(Duration.ofMillis(200))
                    .connect(peer.address(), "alice");
              } catch (ChatException e) {
                throw new AssertionError(e);
              }
            });
    link = peer.accept();
    link.hear(FromClient.Hello.class);
    link.say(SessionPeer.welcome(60));
    client = connecting.get(60, TimeUnit.SECONDS);
  }

  @AfterEach
  void close() throws Exception {
    link.close();
    client.close();
    peer.close();
  }

  @Test
  void givesUpAServerThatIsSilentForTwoPings() {
    watch.onConnected(client, SessionPeer.welcome(45));
    passSeconds(90);
    assertThat(watch.hasGivenUp()).isFalse();
    assertThat(watch.gone(client)).isNotDone();

    passSeconds(1);
    assertThat(watch.hasGivenUp()).isTrue();
    assertThat(watch.gone(client)).isDone();
    assertThat(watch.patience()).isEqualTo(Duration.ofSeconds(90));
    assertThat(aSecondLater).as("it looks no more").isEmpty();
  }

  @Test
  void waitsAtLeastAMinute() {
    watch.onConnected(client, SessionPeer.welcome(1));
    passSeconds(60);
    assertThat(watch.hasGivenUp()).isFalse();
    passSeconds(1);
    assertThat(watch.hasGivenUp()).isTrue();
    assertThat(watch.patience()).isEqualTo(Duration.ofSeconds(60));
  }

  /** Even if the server announces rarer pings. */
  @Test
  void waitsNoLongerThanTenMinutes() {
    watch.onConnected(client, SessionPeer.welcome(1_000_000));
    passSeconds(601);
    assertThat(watch.hasGivenUp()).isTrue();
  }

  @Test
  void countsFromTheLastObject() {
    watch.onConnected(client, SessionPeer.welcome(30));
    passSeconds(50);
    watch.onPause(client);
    passSeconds(60);
    assertThat(watch.hasGivenUp()).isFalse();
    watch.onConnected(client, SessionPeer.welcome(30)); // reconnected
    passSeconds(60);
    assertThat(watch.hasGivenUp()).isFalse();
    passSeconds(1);
    assertThat(watch.hasGivenUp()).isTrue();
    assertThat(pauses).hasValue(1);
  }

  /** A laptop that was closed for an hour. */
  @Test
  void countsAnewAfterThisProcessWasSuspended() {
    watch.onConnected(client, SessionPeer.welcome(30));
    passSeconds(30);
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    passSeconds(60);
    assertThat(watch.hasGivenUp()).isFalse();
    passSeconds(2);
    assertThat(watch.hasGivenUp()).isTrue();
  }

  @Test
  void givesUpAtTheFirstLossWithoutReconnecting() {
    ServerWatch once = watch(false);
    once.onDisconnected(client, TlsRoom.untrusted("lost"), Duration.ofSeconds(1));
    assertThat(once.hasGivenUp()).isTrue();

    watch.onDisconnected(client, TlsRoom.untrusted("lost"), Duration.ofSeconds(1));
    assertThat(watch.hasGivenUp()).isFalse();
    assertThat(pauses).as("what was heard before is printed").hasValue(2);
  }

  @Test
  void stopsCheckingWhenTheClientIsClosed() {
    watch.onConnected(client, SessionPeer.welcome(30));
    client.close();
    await().untilAsserted(() -> assertThat(watch.gone(client)).isDone());
    passSeconds(1);
    assertThat(aSecondLater).isEmpty();
    assertThat(watch.hasGivenUp()).isFalse();
  }

  /** Runs the check once a second, as long as it is scheduled. */
  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
      Runnable look = aSecondLater.poll();
      if (look != null) {
        look.run();
      }
      assertThat(aSecondLater).as("one look at a time").hasSizeLessThan(2);
    }
  }
}
