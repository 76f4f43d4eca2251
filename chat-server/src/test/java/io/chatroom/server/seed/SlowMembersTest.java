package io.chatroom.server.seed;

import static io.chatroom.server.seed.Loops.bytes;
import static io.chatroom.server.seed.Loops.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.metrics.Metrics;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How long senders wait for a member that does not keep up, and what it receives in the end. */
class SlowMembersTest extends RoomOnLoops {

  @Test
  void slowsSendersForAMemberThatIsBehindUntilItHasCaughtUp() {
    SeedMember alice = aliceWithBob();
    b.stick();
    String sent = flood(alice, "x", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isFalse();

    b.unstick();
    settle();

    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
    assertThat(b.received()).as("nothing is lost").isEqualTo(sent);
  }

  @Test
  void continuesWithoutAMemberThatStaysBehindAndLaterDeliversKeptMessages() {
    SeedMember alice = join(a, "A");
    join(b, "B");
    join(c, "C");
    settle();
    b.stick();
    String before = flood(alice, "x", 14);
    pass(StickyChannel.PATIENCE.toMillis());
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();

    String missed = flood(alice, "y", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
    assertThat(c.received()).as("a healthy member").isEqualTo(before + missed);

    b.unstick();
    say(alice, "after");
    settle();
    assertThat(b.received())
        .as("the message it stopped at, the last whole ones of 1 MiB, then the live room")
        .isEqualTo("A" + "x".repeat(100_000) + ("A" + "y".repeat(100_000)).repeat(10) + "Aafter");
  }

  @Test
  void closesAMemberThatStaysBehindIfThePolicySaysSo() {
    List<StickyChannel> own = Stream.generate(StickyChannel::new).limit(2).toList();
    TestRoom strict = StickyChannel.room(own, SlowMember.DISCONNECT);
    SeedMember alice = own.get(0).join(strict, bytes("A"));
    own.get(1).join(strict, bytes("B"));
    own.get(1).stick();
    for (int i = 0; i < 14; i++) {
      say(alice, "x".repeat(100_000));
      own.forEach(EmbeddedChannel::runPendingTasks);
    }
    assertThat(own.get(1).isOpen()).as("while its time lasts").isTrue();

    own.get(1).advanceTimeBy(StickyChannel.PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    own.get(1).runScheduledPendingTasks();
    own.get(0).runPendingTasks();

    assertThat(own.get(1).isOpen()).isFalse();
    assertThat(own.get(0).config().isAutoRead()).as("the sender is read from").isTrue();
    own.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void closesAStuckMemberWhenMemoryIsTight() {
    assertThat(isOpenAfterBeingStuck(Long.MAX_VALUE, false)).isTrue();
    assertThat(isOpenAfterBeingStuck(500_000, false)).isFalse();
  }

  /** It has ended its stream and waits for its rate; what it does not read still counts. */
  @Test
  void closesAStuckMemberThatIsAboutToLeaveToo() {
    assertThat(isOpenAfterBeingStuck(Long.MAX_VALUE, true)).isTrue();
    assertThat(isOpenAfterBeingStuck(500_000, true)).isFalse();
  }

  private static boolean isOpenAfterBeingStuck(long roomBytes, boolean leaves) {
    List<StickyChannel> own = Stream.generate(StickyChannel::new).limit(3).toList();
    TestRoom room =
        TestRoom.on(
            own,
            new BacklogPolicy(100_000, StickyChannel.PATIENCE, SlowMember.DROP),
            roomBytes,
            new TestRoom.SilentLog(),
            Metrics.NOOP);
    SeedMember alice = own.get(0).join(room, bytes("A"));
    StickyChannel stuck = own.get(1);
    stuck.join(room, bytes("B"));
    own.get(2).join(room, bytes("C"));
    stuck.stick();
    for (int i = 0; i < 4; i++) {
      say(alice, "x".repeat(99_000));
      own.forEach(EmbeddedChannel::runPendingTasks);
      Loops.pass(own, StickyChannel.PATIENCE.toMillis());
    }
    assertThat(stuck.isOpen()).as("while memory is not tight").isTrue();
    if (leaves) {
      stuck.member().stopListening();
    }

    say(alice, "x".repeat(600_000));
    own.forEach(EmbeddedChannel::runPendingTasks);

    boolean open = stuck.isOpen();
    assertThat(own.get(2).isOpen()).as("a healthy member").isTrue();
    own.forEach(EmbeddedChannel::finishAndReleaseAll);
    return open;
  }

  @Test
  void doesNotWaitForAMemberThatLagged() {
    SeedMember alice = aliceWithBob();
    fallBehindAndReturn(alice);
    b.stick();
    flood(alice, "x", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();

    b.unstick();
    say(alice, "after");
    settle();
    assertThat(b.received()).endsWith("Aafter");
  }

  /**
   * The room becomes quiet right after the member has fallen behind again: no later burst pushes
   * out the waiting ones.
   */
  @Test
  void leavesNothingWithheldFromAMemberThatFallsBehindTwice() {
    SeedMember alice = aliceWithBob();
    fallBehindAndReturn(alice);
    String tooMuchAtOnce = "y".repeat(3_000_000);
    say(alice, tooMuchAtOnce);
    settle();
    assertThat(b.received()).isEqualTo("A" + tooMuchAtOnce);

    say(alice, "after");
    settle();
    assertThat(b.received()).isEqualTo("Aafter");
  }

  @Test
  void waitsAgainForAMemberThatHasKeptUpForAWhile() {
    SeedMember alice = aliceWithBob();
    fallBehindAndReturn(alice);
    pass(Backlog.PROBATION.toMillis());
    b.stick();
    String sent = flood(alice, "y", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isFalse();

    b.unstick();
    settle();
    assertThat(b.received()).as("nothing is lost").isEqualTo(sent);
  }

  @Test
  void waitsForAReaderEvenIfTheBudgetOfOthersIsUsedUp() {
    SeedMember alice = aliceWithBob();
    flood(alice, "x", Backlog.PROOF_BYTES / 100_000 + 1);
    b.received();
    useUpThePatienceWithStrangers(alice);
    b.stick();
    String sent = flood(alice, "y", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isFalse();

    b.unstick();
    settle();
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
    assertThat(b.received()).as("nothing is lost").isEqualTo(sent);
  }

  @Test
  void ownMessagesAreNoProofOfReading() {
    SeedMember alice = join(a, "A");
    useUpThePatienceWithStrangers(alice);
    SeedMember bob = join(b, "B");
    flood(bob, "x", Backlog.PROOF_BYTES / 100_000 + 1);
    b.stick();
    flood(alice, "y", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
  }

  @Test
  void waitsForAnUnprovenMemberWhileItReads() {
    SeedMember alice = join(a, "A");
    useUpThePatienceWithStrangers(alice);
    join(b, "B");
    b.stick();
    flood(alice, "x", 9);
    b.take();
    flood(alice, "y", 7);
    assertThat(a.config().isAutoRead()).as("read from, as bob has read").isFalse();

    b.take();
    pass(Patience.LEAST.toMillis());
    assertThat(a.config().isAutoRead()).as("read from, as bob has read again").isFalse();

    pass(Patience.LEAST.toMillis());
    assertThat(a.config().isAutoRead()).as("read from, as bob has not").isTrue();
  }

  /** The members stop reading one after the other. */
  private void useUpThePatienceWithStrangers(SeedMember alice) {
    for (StickyChannel stranger : channels.subList(4, 7)) {
      join(stranger, "S");
      stranger.stick();
      flood(alice, "s", 14);
      assertThat(a.config().isAutoRead()).as("the sender is read from").isFalse();
      pass(StickyChannel.PATIENCE.toMillis());
      b.received();
    }
  }

  @Test
  void doesNotWaitForAMemberThatHasLeft() {
    SeedMember alice = aliceWithBob();
    b.stick();
    flood(alice, "x", 14);
    assertThat(a.config().isAutoRead()).isFalse();

    b.close();
    settle();

    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
  }

  @Test
  void aMemberThatNeverReadsCanSendForever() {
    SeedMember alice = join(a, "A");
    SeedMember bob = join(b, "B");
    settle();
    b.stick();
    for (int i = 0; i < 5; i++) {
      flood(alice, "x", 14);
      pass(StickyChannel.PATIENCE.toMillis());
      say(bob, "" + i);
      settle();
      assertThat(b.config().isAutoRead()).as("the stuck member is read from").isTrue();
      assertThat(a.received()).isEqualTo("B" + i);
    }
  }

  @Test
  void slowsSendersForALoopThatIsBehind() {
    SeedMember alice = aliceWithBob();
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 50; i++) { // 5 MB, and b's loop does not run
      say(alice, "x".repeat(100_000));
      sent.append('A').append("x".repeat(100_000));
      a.runPendingTasks();
    }
    say(alice, "last");
    assertThat(a.config().isAutoRead()).as("the sender is read from").isFalse();

    settle();

    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
    assertThat(b.received()).isEqualTo(sent + "Alast");
  }

  /** Bob does not read for longer than the room's patience, then reads everything that waits. */
  private void fallBehindAndReturn(SeedMember alice) {
    b.stick();
    flood(alice, "x", 14);
    pass(StickyChannel.PATIENCE.toMillis());
    b.unstick();
    b.received();
  }

  /**
   * Sends messages of 100,000 bytes, each delivered before the next; returns what others receive.
   */
  private String flood(SeedMember member, String letter, int messages) {
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < messages; i++) {
      String text = letter.repeat(100_000);
      say(member, text);
      sent.append(member.name()).append(text);
      settle();
    }
    return sent.toString();
  }

  private void pass(long millis) {
    Loops.pass(channels, millis);
    settle();
  }
}
