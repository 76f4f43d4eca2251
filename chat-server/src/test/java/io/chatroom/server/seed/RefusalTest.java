package io.chatroom.server.seed;

import static io.chatroom.server.seed.Loops.bytes;
import static io.chatroom.server.seed.Loops.say;
import static io.chatroom.server.seed.Loops.settle;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.StickySocket;
import io.chatroom.server.log.FaultyLogs;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.room.Rooms;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to members when their room's log refuses their messages or begins a new epoch. */
class RefusalTest {

  private final NumberedKind numbered = new NumberedKind();
  private final StickyChannel alice = new StickyChannel();
  private final StickyChannel bob = new StickyChannel();
  private final NumberedMember carol = new NumberedMember("C", numbered);
  private final List<StickySocket> sockets = List.of(alice, bob, carol.socket);
  private final FaultyLogs logs =
      new FaultyLogs(new MemoryLogs(10, 1_000_000, InstantSource.system()));
  private final Rooms rooms =
      new Rooms(
          sockets.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList(),
          logs,
          Long.MAX_VALUE,
          Metrics.NOOP);

  RefusalTest() {
    SeedKind kind = new SeedKind(TestRoom.USUAL, 0, new TestRoom.SilentLog());
    alice.join(rooms, kind, "r", bytes("A"));
    bob.join(rooms, kind, "r", bytes("B"));
    carol.join(rooms, "r");
    settle(sockets);
  }

  @AfterEach
  void close() {
    Loops.close(sockets);
    logs.close();
    assertThat(rooms.backlogBytes()).as("bursts not released").isZero();
  }

  @Test
  void seedMembersWaitUntilTheLogStoresTheirMessages() {
    logs.of("r").fail(Refusal.FULL);
    say(alice.member(), "1;");
    settle(sockets);
    assertThat(alice.config().isAutoRead()).as("the author is read from").isFalse();
    assertThat(bob.config().isAutoRead()).as("one that has said nothing is read from").isTrue();
    assertThat(bob.received()).isEmpty();

    say(bob.member(), "2;");
    assertThat(bob.config().isAutoRead()).as("after its first words").isFalse();
    settle(sockets);
    logs.of("r").mend();
    settle(sockets);

    assertThat(alice.config().isAutoRead()).as("the author is read from").isTrue();
    assertThat(bob.config().isAutoRead()).as("the other one is read from").isTrue();
    assertThat(bob.received()).isEqualTo("A1;");
    assertThat(alice.received()).isEqualTo("B2;");
    assertThat(heard(carol)).isEqualTo("r1A1;r2B2;");
  }

  @Test
  void anotherKindOfMemberIsNotifiedAndSendsNothingUntilTheRefusalEnds() {
    logs.of("r").fail(Refusal.AWAY);
    carol.say("r", "1;");
    carol.say("r", "2;");
    settle(sockets);
    carol.say("r", "3;");
    settle(sockets);
    assertThat(carol.told).containsExactly("r refused 2 AWAY", "r is unavailable");

    logs.of("r").mend();
    settle(sockets);
    carol.say("r", "4;");
    settle(sockets);

    assertThat(alice.received()).isEqualTo("C1;C2;C4;");
    assertThat(heard(carol)).as("acknowledged in the end").isEqualTo("r1!;r2!;r3!;");
  }

  /** A burst that is stored before the member's own is refused again ends the hold. */
  @Test
  void waitsThroughRepeatedRefusals() {
    for (int i = 0; i < 3; i++) {
      logs.of("r").fail(Refusal.FULL);
      say(alice.member(), i + ";");
      settle(sockets);
      assertThat(alice.config().isAutoRead()).as("in trouble %d", i).isFalse();
      logs.of("r").mend();
      settle(sockets);
      assertThat(alice.config().isAutoRead()).as("after trouble %d", i).isTrue();
    }
    assertThat(bob.received()).isEqualTo("A0;A1;A2;");
  }

  /** A loop handles the refusal only when it is over. */
  @Test
  void nobodyWaitsForARefusalThatIsOver() {
    logs.of("r").fail(Refusal.FULL);
    say(alice.member(), "1;");
    alice.runPendingTasks(); // refused
    bob.runPendingTasks();
    logs.of("r").mend();
    settle(sockets);

    assertThat(alice.config().isAutoRead()).as("the author is read from").isTrue();
    assertThat(bob.received()).isEqualTo("A1;");
  }

  @Test
  void messagesOfAMemberThatLeftAreDeliveredOnceTheLogStoresThem() {
    logs.of("r").fail(Refusal.FULL);
    say(alice.member(), "1;");
    settle(sockets);
    alice.close();
    settle(sockets);
    logs.of("r").mend();
    settle(sockets);

    assertThat(bob.received()).isEqualTo("A1;");
  }

  @Test
  void aRoomStaysWhileItsLogRetries() {
    logs.of("r").fail(Refusal.FULL);
    say(alice.member(), "1;");
    settle(sockets);
    Loops.close(sockets);
    assertThat(rooms.size()).isEqualTo(1);

    logs.of("r").mend();
    assertThat(rooms.size()).as("the log keeps the message").isEqualTo(1);
    assertThat(logs.of("r").newest().seq()).isEqualTo(1);
  }

  /** A FIN would mean that everything it sent has reached the room (P-20). */
  @Test
  void aStopResetsAMemberWhoseMessagesAreLost() {
    logs.of("r").fail(Refusal.FULL);
    say(alice.member(), "1;");
    settle(sockets);
    alice.member().stop();
    alice.member().sayGoodbye();

    assertThat(alice.isOpen()).isFalse();
  }

  @Test
  void aNewEpochNumbersFromItsPosition() {
    say(alice.member(), "1;");
    say(alice.member(), "2;");
    settle(sockets);
    logs.of("r").reset();
    say(bob.member(), "3;");
    settle(sockets);

    assertThat(carol.told).containsExactly("r reset to 0");
    assertThat(heard(carol)).isEqualTo("r1A1;r2A2;r1B3;");
    assertThat(alice.received()).as("seed members notice nothing").isEqualTo("B3;");
  }

  @Test
  void aNewcomerJoinsInTheNewEpoch() {
    say(alice.member(), "1;");
    settle(sockets);
    String before = carol.in("r").seat().joinedAfter().epoch();
    logs.of("r").reset();
    carol.in("r").leave();
    carol.join(rooms, "r");

    assertThat(carol.in("r").seat().joinedAfter().seq()).isZero();
    assertThat(carol.in("r").seat().joinedAfter().epoch())
        .isNotEqualTo(before)
        .isEqualTo(logs.of("r").newest().epoch());
  }

  private static String heard(NumberedMember member) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = member.socket.readOutbound();
        out != null;
        out = member.socket.readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString();
  }
}
