package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.conformance.Floor;
import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Tag;
import io.chatroom.client.conformance.Terms;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Sessions that talk while the cases of the seed's protocol run. */
class BabbleTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Test
  void seedMembersReceiveBothTalkers() throws Exception {
    ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
    try (SessionReference server = new SessionReference(null, 10_000);
        Babble babble = Babble.in(server.address(), "lobby", TIMEOUT);
        SeedMember sam = SeedMember.register(setting(server, watchdog), "sam", "sam")) {
      sam.takeUntil(new SeedMember.Said("Talker", "talking on"));
      sam.takeUntil(new SeedMember.Said("Chatter", "talking on"));
      assertThat(babble.trouble()).isNull();
    } finally {
      watchdog.shutdownNow();
    }
  }

  @Test
  void holeIsReported() throws Exception {
    try (SessionReference server = new SessionReference(SessionDefect.SKIPS_NUMBERS, 10_000);
        Babble babble = Babble.in(server.address(), "lobby", TIMEOUT)) {
      Awaitility.await().atMost(TIMEOUT).until(() -> babble.trouble() != null);
      assertThat(babble.trouble()).contains("the next in the room");
    }
  }

  /** A gap is legal for a session that lags, and the kit may be slower than the server. */
  @Test
  void gapInPlaceOfAnAckDoesNotEndTheTalk() throws Exception {
    ScheduledThreadPoolExecutor watchdog = new ScheduledThreadPoolExecutor(1);
    try (SessionReference server = new SessionReference(SessionDefect.GAPS_FOR_NOTHING, 10_000);
        Babble babble = Babble.in(server.address(), "lobby", TIMEOUT);
        SeedMember sam = SeedMember.register(setting(server, watchdog), "sam", "sam")) {
      for (int i = 0; i < 20; i++) {
        sam.takeUntil(new SeedMember.Said("Talker", "talking on"));
      }
      assertThat(babble.trouble()).isNull();
    } finally {
      watchdog.shutdownNow();
    }
  }

  private static Setting setting(SessionReference server, ScheduledThreadPoolExecutor watchdog) {
    Terms terms = Terms.ofProtocol(TIMEOUT, TIMEOUT);
    Tag tag = Tag.of(Tag.newRun(), 0);
    return new Setting(server.address(), tag, terms, 1, new Floor(), watchdog);
  }

  @Test
  void serverWithoutSessionsIsReportedInOnePhrase() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address = (InetSocketAddress) silent.getLocalSocketAddress();
      assertThatThrownBy(() -> Babble.in(address, "lobby", Duration.ofMillis(100)))
          .isInstanceOf(Babble.CannotTalkException.class)
          .hasMessageContaining("Talker receives {\"type\":\"welcome\"}");
    }
  }

  @Test
  void talkersAreNotMembersOfAnyCase() {
    assertThat(List.of("Talker", "Chatter")).noneMatch(Tag.of(Tag.newRun(), 0)::isIn);
  }
}
