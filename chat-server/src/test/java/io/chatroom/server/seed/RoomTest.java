package io.chatroom.server.seed;

import static io.chatroom.server.seed.Loops.bytes;
import static io.chatroom.server.seed.Loops.say;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.transport.Outlets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

/** Which members receive which messages, and in which order. */
class RoomTest extends RoomOnLoops {

  /** What a loop delivers before it turns to its channels again. */
  private static final int ROUND_BYTES = 256 * 1024;

  @Test
  void deliversAMessageToEverybodyButItsSender() {
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
  void deliversNothingBeforeTheLoopHasReadEverything() {
    SeedMember alice = aliceWithBob();
    say(alice, "1");
    say(alice, "2");
    assertThat(b.received()).isEmpty();

    a.runPendingTasks();
    b.runPendingTasks();

    assertThat(b.received()).isEqualTo("A1A2");
  }

  @Test
  void aNewcomerReceivesOnlyLaterMessages() {
    SeedMember alice = join(a, "A");
    say(alice, "1");
    a.runPendingTasks(); // in the order, but not delivered yet
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
  void deliversTheLastMessagesOfAMemberThatLeaves() {
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

  /** On a busy loop a member can leave before its arrival has its turn. */
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
        .hasMessageStartingWith("the member's event loop is not one of the rooms': ");
    stranger.finishAndReleaseAll();
  }

  @Test
  void deliversNothingToAMemberThatIsAboutToLeave() {
    SeedMember alice = aliceWithBob();
    b.member().stopListening();
    say(alice, "1");
    settle();
    assertThat(b.received()).isEmpty();

    say(b.member(), "2");
    settle();
    assertThat(a.received()).isEqualTo("B2");
  }
}
