package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Tag;
import io.chatroom.client.conformance.TimeLimits;
import io.chatroom.client.conformance.Turn;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Sessions that talk while the cases of the seed's protocol run. */
class BackgroundSessionsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Test
  void seedMembersReceiveBothTalkers() throws Exception {
    ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
    try (SessionReference server = new SessionReference(null, 10_000);
        BackgroundSessions background = BackgroundSessions.in(server.address(), "lobby", TIMEOUT);
        SeedMember sam = SeedMember.register(setting(server, watchdog), "sam", "sam")) {
      sam.takeUntil(new SeedMember.Post("Talker", "talking on"));
      sam.takeUntil(new SeedMember.Post("Chatter", "talking on"));
      assertThat(background.fault()).isNull();
    } finally {
      watchdog.shutdownNow();
    }
  }

  @Test
  void holeIsReported() throws Exception {
    try (SessionReference server = new SessionReference(SessionDefect.SKIPS_NUMBERS, 10_000);
        BackgroundSessions background = BackgroundSessions.in(server.address(), "lobby", TIMEOUT)) {
      Awaitility.await().atMost(TIMEOUT).until(() -> background.fault() != null);
      assertThat(background.fault()).contains("the next in the room");
    }
  }

  /** A gap is legal for a session that lags, and the kit may be slower than the server. */
  @Test
  void gapInPlaceOfAnAckDoesNotEndTheTalk() throws Exception {
    ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
    try (SessionReference server = new SessionReference(SessionDefect.GAPS_FOR_NOTHING, 10_000);
        BackgroundSessions background = BackgroundSessions.in(server.address(), "lobby", TIMEOUT);
        SeedMember sam = SeedMember.register(setting(server, watchdog), "sam", "sam")) {
      for (int i = 0; i < 20; i++) {
        sam.takeUntil(new SeedMember.Post("Talker", "talking on"));
      }
      assertThat(background.fault()).isNull();
    } finally {
      watchdog.shutdownNow();
    }
  }

  private static Setting setting(SessionReference server, ScheduledThreadPoolExecutor watchdog) {
    TimeLimits limits = TimeLimits.ofProtocol(TIMEOUT, TIMEOUT);
    Tag tag = Tag.of(Tag.newRun(), 0);
    return new Setting(server.address(), tag, limits, 1, new Turn(), watchdog);
  }

  @Test
  void serverWithoutSessionsIsReportedInOnePhrase() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
      assertThatThrownBy(() -> BackgroundSessions.in(address, "lobby", Duration.ofMillis(100)))
          .isInstanceOf(BackgroundSessions.CannotPostException.class)
          .hasMessageContaining("Talker receives {\"type\":\"welcome\"}");
    }
  }

  @Test
  void talkersAreNotMembersOfAnyCase() {
    assertThat(List.of("Talker", "Chatter")).noneMatch(Tag.of(Tag.newRun(), 0)::isIn);
  }
}
