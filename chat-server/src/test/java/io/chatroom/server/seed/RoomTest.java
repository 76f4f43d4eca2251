package io.chatroom.server.seed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.transport.Outlets;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The room on event loops that run when the test says so. A message here is a letter and a number,
 * because to the room it is just bytes.
 */
class RoomTest {

  /** What a loop delivers before it looks at its channels again. */
  private static final int ROUND_BYTES = 256 * 1024;

  private final List<StickyChannel> channels =
      Stream.generate(StickyChannel::new).limit(7).toList();
  private final TestRoom room = StickyChannel.room(channels, SlowMember.DROP);
  private final StickyChannel a = channels.get(0);
  private final StickyChannel b = channels.get(1);
  private final StickyChannel c = channels.get(2);

  @AfterEach
  void close() {
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    channels.forEach(EmbeddedChannel::runPendingTasks);
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  @Test
  void bringsAMessageToEverybodyButItsSender() {
    SeedMember alice = join(a, "A");
    join(b, "B");
    join(c, "C");
    say(alice, "1");
    settle();

    assertThat(a.received()).isEmpty();
    assertThat(b.received()).isEqualTo("A1");
    assertThat(c.received()).isEqualTo("A1");
  }

  @Test
  void deliversNothingBeforeTheLoopHasReadWhatThereIs() {
    SeedMember alice = aliceWithBob();
    say(alice, "1");
    say(alice, "2");
    assertThat(b.received()).isEmpty();

    a.runPendingTasks();
    b.runPendingTasks();

    assertThat(b.received()).isEqualTo("A1A2");
  }

  @Test
  void givesANewcomerWhatComesAfterItAndNothingElse() {
    SeedMember alice = join(a, "A");
    say(alice, "1");
    a.runPendingTasks(); // sequenced, though nobody has it yet
    join(b, "B");
    say(alice, "2");
    settle();

    assertThat(b.received()).isEqualTo("A2");
  }

  @Test
  void keepsOneOrderWhicheverLoopIsFaster() {
    SeedMember alice = join(a, "A");
    SeedMember bob = join(b, "B");
    join(c, "C");
    StickyChannel d = channels.get(3);
    join(d, "D");
    settle();
    say(alice, "1");
    say(bob, "2");
    b.runPendingTasks(); // bob's loop comes first
    c.runPendingTasks(); // and one reader is ahead of the other
    a.runPendingTasks();
    settle();

    assertThat(c.received()).isEqualTo("B2A1");
    assertThat(d.received()).isEqualTo("B2A1");
    assertThat(a.received()).isEqualTo("B2");
    assertThat(b.received()).isEqualTo("A1");
  }

  @Test
  void relaysTheLastWordsOfSomebodyWhoLeaves() {
    SeedMember alice = aliceWithBob();
    say(alice, "1");
    a.close();
    settle();

    assertThat(b.received()).isEqualTo("A1");
  }

  @Test
  void forgetsAMemberThatLeftBeforeItArrived() {
    SeedMember alice = join(a, "A");
    join(b, "B");
    b.close();
    say(alice, "1");
    settle();

    assertThat(b.received()).isEmpty();
  }

  /** On a busy loop a member can be gone before its arrival has its turn. */
  @Test
  void doesNotKeepAMemberThatLeftBeforeItArrived() {
    SeedMember alice = join(a, "A");
    settle();
    for (int i = 0; i < 3; i++) { // each is a round, so that the loop does something else between
      say(alice, "x".repeat(ROUND_BYTES));
      a.runPendingTasks();
    }
    SeedMember bob = join(b, "B");
    b.pipeline().close(); // b.close() would run the loop's tasks first
    settle();

    assertThat(bob.seat().follows()).as("is given what is said").isFalse();
  }

  @Test
  void refusesAConnectionOfAnotherLoop() {
    EmbeddedChannel stranger = new EmbeddedChannel(new ChannelInboundHandlerAdapter());

    ChannelHandlerContext context = stranger.pipeline().lastContext();
    assertThatThrownBy(() -> room.seeds().join(context, Outlets.of(context), "X", bytes("X")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("an event loop that is not the room's: ");
    stranger.finishAndReleaseAll();
  }

  @Test
  void slowsSendersForAMemberThatIsBehindAndGoesOnWhenItHasCaughtUp() {
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
  void goesOnWithoutAMemberThatStaysBehindAndGivesItLaterWhatIsKept() {
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
  void closesAMemberThatStaysBehindWhereThatIsThePolicy() {
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

  /**
   * It has ended its stream and waits for its turn to speak; what it does not read still counts.
   */
  @Test
  void closesAStuckMemberThatIsAboutToLeaveToo() {
    assertThat(isOpenAfterBeingStuck(Long.MAX_VALUE, true)).isTrue();
    assertThat(isOpenAfterBeingStuck(500_000, true)).isFalse();
  }

  @Test
  void givesNothingMoreToAMemberThatIsAboutToLeave() {
    SeedMember alice = aliceWithBob();
    b.member().listensNoMore();
    say(alice, "1");
    settle();
    assertThat(b.received()).isEmpty();

    say(b.member(), "2");
    settle();
    assertThat(a.received()).isEqualTo("B2");
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
      pass(own, StickyChannel.PATIENCE.toMillis());
    }
    assertThat(stuck.isOpen()).as("while memory is not tight").isTrue();
    if (leaves) {
      stuck.member().listensNoMore();
    }

    say(alice, "x".repeat(600_000));
    own.forEach(EmbeddedChannel::runPendingTasks);

    boolean open = stuck.isOpen();
    assertThat(own.get(2).isOpen()).as("a healthy member").isTrue();
    own.forEach(EmbeddedChannel::finishAndReleaseAll);
    return open;
  }

  @Test
  void hasNoPatienceWithWhomItHadItInVain() {
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
   * The room falls silent right after the member has fallen behind again: nothing else comes to
   * push out what waits.
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
  void isPatientAgainWithWhomHasKeptUpForAWhile() {
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
  void waitsForAMemberThatReadsWhateverThoseWhoNeverReadHaveUsedUp() {
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
  void whatAMemberSaysItselfDoesNotShowThatItReads() {
    SeedMember alice = join(a, "A");
    useUpThePatienceWithStrangers(alice);
    SeedMember bob = join(b, "B");
    flood(bob, "x", Backlog.PROOF_BYTES / 100_000 + 1);
    b.stick();
    flood(alice, "y", 14);
    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
  }

  @Test
  void waitsForAStrangerAsLongAsItIsSeenReading() {
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

  /** They come one after the other, and none of them reads. */
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
  void waitsNoLongerForAMemberThatHasGone() {
    SeedMember alice = aliceWithBob();
    b.stick();
    flood(alice, "x", 14);
    assertThat(a.config().isAutoRead()).isFalse();

    b.close();
    settle();

    assertThat(a.config().isAutoRead()).as("the sender is read from").isTrue();
  }

  @Test
  void letsAMemberThatNeverReadsTalkForEver() {
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

  /**
   * Random joins, leaves, words, stuck members, and loops that run in any order. An observer that
   * is there from the start and never stuck receives the room's order. Then everybody who keeps up
   * receives exactly that from its arrival on, less its own; whoever was stuck receives some of it,
   * whole messages in the same order; whoever left, the beginning.
   */
  @Test
  void keepsItsPromisesWhateverHappens() {
    for (int seed = 0; seed < 60; seed++) {
      new RandomRoom(seed).run();
    }
  }

  private static final class RandomRoom {

    private static final int MEMBERS = 6;

    private final String seed;
    private final Random random;
    private final List<StickyChannel> channels =
        Stream.generate(StickyChannel::new).limit(MEMBERS + 2).toList();
    private final TestRoom room = StickyChannel.room(channels, SlowMember.DROP);
    private final StickyChannel observer = channels.get(MEMBERS);
    private final StickyChannel herald = channels.get(MEMBERS + 1);
    private final SeedMember heraldMember;
    private final SeedMember[] members = new SeedMember[MEMBERS];
    private final boolean[] everStuck = new boolean[MEMBERS];
    private final StringBuilder[] received = new StringBuilder[MEMBERS];
    private final StringBuilder order = new StringBuilder();
    private int said;

    RandomRoom(int seed) {
      this.seed = "seed " + seed;
      this.random = new Random(seed);
      observer.join(room, bytes("O"));
      heraldMember = herald.join(room, bytes("Z"));
    }

    void run() {
      for (int i = 0; i < 200; i++) {
        step(random.nextInt(MEMBERS));
        collect();
      }
      channels.forEach(StickyChannel::unstick);
      runAll();
      say(heraldMember, "the end;");
      runAll();
      collect();
      check();
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private void runAll() {
      for (int round = 0; round < 8; round++) {
        channels.forEach(EmbeddedChannel::runPendingTasks);
      }
    }

    private void step(int i) {
      StickyChannel channel = channels.get(i);
      switch (random.nextInt(12)) {
        case 0, 1 -> join(i);
        case 2 -> {
          if (random.nextInt(10) == 0) {
            channel.close();
          }
        }
        case 3 -> {
          if (random.nextInt(3) == 0) {
            channel.stick();
            everStuck[i] = true;
          }
        }
        case 4 -> channel.unstick();
        case 5 -> {
          channel.advanceTimeBy(StickyChannel.PATIENCE.toMillis() / 2, TimeUnit.MILLISECONDS);
          channel.runScheduledPendingTasks();
        }
        case 6, 7, 8 -> {
          if (members[i] != null && channel.isOpen() && channel.config().isAutoRead()) {
            say(members[i], said++ + (random.nextInt(8) == 0 ? "x".repeat(200_000) : "") + ";");
          }
        }
        case 9 -> channels.get(random.nextInt(channels.size())).runPendingTasks();
        default -> channel.runPendingTasks();
      }
    }

    /** The herald's words come right after the arrival in the room's order, and mark it. */
    private void join(int i) {
      if (members[i] == null && channels.get(i).isOpen()) {
        members[i] = channels.get(i).join(room, bytes("" + name(i)));
        received[i] = new StringBuilder();
        say(heraldMember, arrival(i) + ";");
        herald.runPendingTasks();
      }
    }

    private void collect() {
      order.append(observer.received().replace("x", ""));
      herald.received();
      for (int i = 0; i < MEMBERS; i++) {
        if (received[i] != null) {
          received[i].append(channels.get(i).received().replace("x", ""));
        }
      }
    }

    private void check() {
      assertThat(channels)
          .as("%s, nobody is paused for ever", seed)
          .allMatch(channel -> !channel.isOpen() || channel.config().isAutoRead());
      List<String> all = List.of(order.toString().split(";"));
      for (int i = 0; i < MEMBERS; i++) {
        if (members[i] == null) {
          continue;
        }
        String own = "" + name(i);
        List<String> due =
            all.subList(all.indexOf("Z" + arrival(i)), all.size()).stream()
                .filter(message -> !message.startsWith(own))
                .toList();
        List<String> got =
            received[i].isEmpty() ? List.of() : List.of(received[i].toString().split(";"));
        if (got.isEmpty()) {
          assertThat(channels.get(i).isOpen()).as("%s, %s hears nothing", seed, own).isFalse();
        } else if (everStuck[i]) {
          if (channels.get(i).isOpen()) {
            assertThat(got).as("%s, %s reads again", seed, own).endsWith("Zthe end");
          }
          assertThat(due).as("%s, %s was stuck", seed, own).containsSubsequence(got);
        } else if (!channels.get(i).isOpen()) {
          assertThat(due).as("%s, %s left", seed, own).startsWith(got.toArray(String[]::new));
        } else {
          assertThat(got).as("%s, %s kept up", seed, own).isEqualTo(due);
        }
      }
    }

    private static char name(int i) {
      return (char) ('A' + i);
    }

    private static String arrival(int i) {
      return name(i) + " is here";
    }
  }

  /** Two members, of whom bob listens on {@link #b}. */
  private SeedMember aliceWithBob() {
    SeedMember alice = join(a, "A");
    join(b, "B");
    settle();
    return alice;
  }

  /** Bob does not read for longer than the room's patience, then reads all that waits. */
  private void fallBehindAndReturn(SeedMember alice) {
    b.stick();
    flood(alice, "x", 14);
    pass(StickyChannel.PATIENCE.toMillis());
    b.unstick();
    b.received();
  }

  private SeedMember join(StickyChannel channel, String name) {
    return channel.join(room, bytes(name));
  }

  private static void say(SeedMember member, String text) {
    ByteBuf frame = bytes(text);
    member.say(frame);
    frame.release();
  }

  /**
   * So many messages of 100,000 bytes, each delivered before the next; the answer is what others
   * receive.
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
    pass(channels, millis);
    settle();
  }

  private static void pass(List<StickyChannel> channels, long millis) {
    for (StickyChannel channel : channels) {
      channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  /** Runs all loops until none has anything left: what one does may give work to another. */
  private void settle() {
    for (int round = 0; round < 30; round++) {
      channels.forEach(EmbeddedChannel::runPendingTasks);
    }
  }

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
