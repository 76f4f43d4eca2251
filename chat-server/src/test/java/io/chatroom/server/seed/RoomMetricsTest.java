package io.chatroom.server.seed;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Violation;
import io.chatroom.server.metrics.LoopMetrics;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.metrics.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Compares the room's counts with what its members received. */
class RoomMetricsTest {

  private static final int BIG = 100_000;

  private final List<StickyChannel> channels =
      Stream.generate(StickyChannel::new).limit(3).toList();
  private final Tally tally = new Tally();
  private final TestRoom room =
      TestRoom.on(
          channels,
          new BacklogPolicy(1024 * 1024, StickyChannel.PATIENCE, SlowMember.DROP),
          Long.MAX_VALUE,
          new TestRoom.SilentLog(),
          tally);
  private final StickyChannel bob = channels.get(1);
  private final StickyChannel carol = channels.get(2);
  private final SeedMember alice = join(channels.get(0), "A");

  RoomMetricsTest() {
    join(bob, "B");
    join(carol, "C");
    settle();
  }

  @AfterEach
  void close() {
    Loops.close(channels);
  }

  @Test
  void countsMessagesOnceAndDeliveriesPerReceiver() {
    say("1");
    say("22");
    settle();
    say("3");
    settle();

    assertThat(tally.bursts).as("messages/bytes of each").containsExactly("2/5", "1/2");
    assertThat(tally.deliveries).as("to bob and carol, none to alice").isEqualTo(6);
    assertThat(tally.deliveryBytes).isEqualTo(bob.received().length() + carol.received().length());
  }

  @Test
  void countsMembersFromJoinToLeave() {
    assertThat(room.rooms().members()).isEqualTo(3);
    bob.close();
    assertThat(room.rooms().members()).isEqualTo(2);
  }

  /** Counts exactly the messages that a member missed: while it lags, and after it reads again. */
  @Test
  void countsWhatALaggingMemberMisses() {
    bob.stick();
    for (int i = 0; i < 14; i++) {
      say("x".repeat(BIG));
      settle();
    }
    assertThat(tally.behind).isEqualTo(1);
    assertThat(tally.lagging).isZero();
    assertThat(room.rooms().backlogBytes()).as("kept for bob").isGreaterThan(1024 * 1024);
    Loops.pass(channels, StickyChannel.PATIENCE.toMillis());
    assertThat(tally.behind).isZero();
    assertThat(tally.lagging).isEqualTo(1);
    for (int i = 0; i < 14; i++) {
      say("y".repeat(BIG));
      settle();
    }
    long missed = tally.skipped;
    assertThat(missed).as("before it reads again").isPositive();

    bob.unstick();
    say("after");
    settle();

    long got = bob.received().chars().filter(letter -> letter == 'A').count();
    assertThat(got + missed).isEqualTo(29);
    assertThat(tally.skipped).isEqualTo(missed);
    assertThat(tally.deliveries).isEqualTo(29 + got);
    assertThat(tally.lagging).isZero();
    carol.received();
    settle();
    assertThat(room.rooms().backlogBytes()).isZero();
  }

  @Test
  void keepsTheSkippedCountOfAMemberThatLeaves() {
    bob.stick();
    for (int i = 0; i < 14; i++) {
      say("x".repeat(BIG));
      settle();
    }
    Loops.pass(channels, StickyChannel.PATIENCE.toMillis());
    for (int i = 0; i < 14; i++) {
      say("y".repeat(BIG));
      settle();
    }
    long missed = tally.skipped;
    bob.close();
    say("after");
    settle();

    assertThat(missed).isPositive();
    assertThat(tally.skipped).isEqualTo(missed);
    assertThat(tally.lagging).isZero();
  }

  private SeedMember join(StickyChannel channel, String name) {
    return channel.join(room, Loops.bytes(name));
  }

  private void say(String text) {
    Loops.say(alice, text);
  }

  private void settle() {
    Loops.settle(channels);
  }

  /** All loops use the same counters, as they run on one thread here. */
  private static final class Tally implements Metrics, LoopMetrics {

    private final List<String> bursts = new ArrayList<>();
    private long deliveries;
    private long deliveryBytes;
    private long skipped;
    private int behind;
    private int lagging;

    @Override
    public LoopMetrics ofLoop() {
      return this;
    }

    @Override
    public void joined() {}

    @Override
    public void ended(Outcome outcome) {}

    @Override
    public void violation(Violation violation) {}

    @Override
    public void delayed(long nanos) {}

    @Override
    public void requested(RequestKind kind, int status) {}

    @Override
    public void burst(int messages, int bytes) {
      bursts.add(messages + "/" + bytes);
    }

    @Override
    public void delivered(long messages, long bytes) {
      deliveries += messages;
      deliveryBytes += bytes;
    }

    @Override
    public void skipped(long messages) {
      skipped += messages;
    }

    @Override
    public void slow(int behind, int lagging) {
      this.behind += behind;
      this.lagging += lagging;
    }

    @Override
    public void lag(long nanos) {}
  }
}
