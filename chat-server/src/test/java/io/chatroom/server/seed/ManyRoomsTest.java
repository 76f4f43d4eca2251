package io.chatroom.server.seed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.StickySocket;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.room.Rooms;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Members of two kinds in many rooms, on loops that run when the test says so. Each room has an
 * observer of the numbered kind from the start, which receives the room's order.
 */
class ManyRoomsTest {

  private static final List<String> ROOMS = List.of("r", "s", "t");

  @Test
  void twoKindsOfMembersShareTheOrderOfEachRoom() {
    for (int seed = 0; seed < 60; seed++) {
      new Run(seed).play();
    }
  }

  @Test
  void aRoomExistsUntilItHasNoMembersAndKeepsNothing() {
    NumberedMember alice = new NumberedMember("A", new NumberedKind());
    Rooms rooms = rooms(List.of(alice.socket), 0);
    alice.join(rooms, "r");
    alice.join(rooms, "s");
    assertThat(rooms.size()).isEqualTo(2);
    alice.socket.runPendingTasks();
    assertThat(rooms.members()).as("each counted once").isEqualTo(1);

    alice.socket.close();
    alice.socket.runPendingTasks();

    assertThat(rooms.size()).isZero();
    assertThat(rooms.members()).isZero();
  }

  /** The last messages can still be on their way to the log when the last member leaves. */
  @Test
  void aRoomWithKeptMessagesStays() {
    NumberedMember alice = new NumberedMember("A", new NumberedKind());
    NumberedMember bob = new NumberedMember("B", new NumberedKind());
    Rooms rooms = rooms(List.of(alice.socket, bob.socket), 10);
    alice.join(rooms, "r");
    alice.socket.runPendingTasks();
    alice.say("r", "1;");
    alice.socket.pipeline().close();
    alice.socket.runPendingTasks();
    assertThat(rooms.size()).isEqualTo(1);

    bob.join(rooms, "r");
    assertThat(bob.in("r").seat().joinedAfter().seq()).isEqualTo(1);
    bob.socket.finishAndReleaseAll();
  }

  @Test
  void aRoomGoesWhenItsKeptMessagesAreEvicted() {
    NumberedMember alice = new NumberedMember("A", new NumberedKind());
    NumberedMember bob = new NumberedMember("B", new NumberedKind());
    Rooms rooms = rooms(List.of(alice.socket, bob.socket), 1_000);
    alice.join(rooms, "r");
    alice.socket.runPendingTasks();
    alice.say("r", "1;");
    alice.socket.close();
    bob.join(rooms, "s");
    bob.socket.runPendingTasks();
    assertThat(rooms.size()).isEqualTo(2);
    for (int i = 0; i < 100; i++) {
      bob.say("s", "x".repeat(1_000) + ";");
      bob.socket.runPendingTasks();
    }

    assertThat(rooms.size()).isEqualTo(1);
    bob.socket.finishAndReleaseAll();
  }

  /** A seat that throws is closed, and no other misses anything. */
  @Test
  void aFailureAtOneSeatAffectsNoOther() {
    NumberedKind kind = new NumberedKind();
    NumberedMember alice = new NumberedMember("A", kind);
    NumberedMember bob = new NumberedMember("B", kind);
    NumberedMember carol = new NumberedMember("C", kind);
    Rooms rooms = rooms(List.of(alice.socket, bob.socket, carol.socket), 10);
    List.of(alice, bob, carol).forEach(member -> member.join(rooms, "r"));
    List.of(alice, bob, carol).forEach(member -> member.socket.runPendingTasks());
    bob.breaks();
    alice.say("r", "1;");
    for (int round = 0; round < 3; round++) {
      List.of(alice, bob, carol).forEach(member -> member.socket.runPendingTasks());
    }

    assertThat(bob.socket.isOpen()).isFalse();
    ByteBuf out = carol.socket.readOutbound();
    assertThat(out.toString(UTF_8)).isEqualTo("r1A1;");
    out.release();
    List.of(alice, bob, carol).forEach(member -> member.socket.finishAndReleaseAll());
  }

  /** A loop keeps no more than its bound, however many rooms it has; then senders wait. */
  @Test
  void slowMembersOfAllRoomsShareTheBoundOfTheirLoop() {
    StickyChannel talks = new StickyChannel();
    StickyChannel stuck = new StickyChannel(); // stands for ten that share an event loop
    List<StickyChannel> both = List.of(talks, stuck);
    Rooms rooms = rooms(both, 0);
    BacklogPolicy policy = new BacklogPolicy(10_000, StickyChannel.PATIENCE, SlowMember.DROP);
    SeedKind kind = new SeedKind(policy, 0, new TestRoom.SilentLog());
    List<SeedMember> talkers = new ArrayList<>();
    List<SeedMember> listeners = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      talks.join(rooms, kind, "room " + i, Loops.bytes("A"));
      talkers.add(talks.member());
      stuck.join(rooms, kind, "room " + i, Loops.bytes("B"));
      listeners.add(stuck.member());
    }
    Loops.settle(both);
    stuck.stick();
    Loops.say(talkers.get(0), "x".repeat(1_000));
    Loops.settle(both);
    for (int i = 0; i < 10; i++) {
      Loops.say(talkers.get(i), "x".repeat(3_000));
      Loops.settle(both);
      Loops.say(talkers.get(i), "x"); // checks whether senders have to wait
      Loops.settle(both);
    }
    assertThat(talks.config().isAutoRead()).as("the sender is read from").isFalse();

    for (int i = 0; i < 10; i++) { // none of them reads, and patience with all of them ends
      Loops.pass(both, StickyChannel.PATIENCE.toMillis());
      Loops.settle(both);
    }
    assertThat(talks.config().isAutoRead()).as("the sender is read from").isTrue();
    assertThat(rooms.backlogBytes()).as("kept by the loop").isBetween(9_000L, 14_000L);

    stuck.unstick();
    Loops.settle(both);
    listeners.forEach(SeedMember::left);
    talkers.forEach(SeedMember::left);
    stuck.received();
    assertThat(rooms.backlogBytes()).isZero();
    assertThat(rooms.size()).isZero();
  }

  private static Rooms rooms(List<? extends EmbeddedChannel> channels, int historyMessages) {
    return new Rooms(
        channels.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList(),
        new MemoryLogs(historyMessages, 20_000, InstantSource.system()),
        Long.MAX_VALUE,
        Metrics.NOOP);
  }

  private static final class Run {

    private static final int EACH = 4;

    private final int seed;
    private final Random random;
    private final NumberedKind numberedKind = new NumberedKind();
    private final Map<String, NumberedMember> observers = new TreeMap<>();
    private final List<NumberedMember> numbered = new ArrayList<>();
    private final List<StickyChannel> seedChannels =
        Stream.generate(StickyChannel::new).limit(EACH).toList();
    private final List<String> seedRooms = new ArrayList<>();
    private final Map<StickySocket, StringBuilder> heard = new LinkedHashMap<>();
    private final Rooms rooms;
    private final SeedKind seedKind;
    private final Set<StickySocket> everStuck = new HashSet<>();

    private int said;

    Run(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      for (String room : ROOMS) {
        observers.put(room, new NumberedMember("O", numberedKind));
      }
      for (int i = 0; i < EACH; i++) {
        numbered.add(new NumberedMember("" + (char) ('A' + i), numberedKind));
        seedRooms.add(null);
      }
      observers.values().forEach(member -> heard.put(member.socket, new StringBuilder()));
      numbered.forEach(member -> heard.put(member.socket, new StringBuilder()));
      seedChannels.forEach(channel -> heard.put(channel, new StringBuilder()));
      rooms = rooms(List.copyOf(heard.keySet()), 50);
      BacklogPolicy tight = new BacklogPolicy(60, StickyChannel.PATIENCE, SlowMember.DROP);
      seedKind = new SeedKind(tight, 0, new TestRoom.SilentLog());
      observers.forEach((room, member) -> member.join(rooms, room));
      runAll();
    }

    void play() {
      for (int i = 0; i < 300; i++) {
        step(random.nextInt(EACH));
      }
      heard.keySet().forEach(StickySocket::unstick);
      runAll();
      collect();
      check();
      heard.keySet().forEach(EmbeddedChannel::finishAndReleaseAll);
      runAll();
      assertThat(rooms.members()).isZero();
      assertThat(rooms.backlogBytes()).as("seed %d: bursts not released", seed).isZero();
    }

    private void step(int i) {
      NumberedMember member = numbered.get(i);
      StickyChannel channel = seedChannels.get(i);
      String room = ROOMS.get(random.nextInt(ROOMS.size()));
      switch (random.nextInt(14)) {
        case 0 -> {
          if (member.socket.isOpen() && !member.rooms.containsKey(room)) {
            member.join(rooms, room);
          }
        }
        case 1 -> {
          if (channel.isOpen() && seedRooms.get(i) == null) {
            seedRooms.set(i, room);
            channel.join(rooms, seedKind, room, Loops.bytes(seedName(i)));
          }
        }
        case 2, 3 -> {
          if (member.socket.isOpen() && member.sitsIn(room)) {
            member.say(room, said++ + ";");
          }
        }
        case 4, 5 -> {
          if (channel.isOpen() && seedRooms.get(i) != null && channel.config().isAutoRead()) {
            Loops.say(channel.member(), said++ + ";");
          }
        }
        case 10 -> {
          if (random.nextInt(4) == 0) { // one of two that does not read
            StickySocket stuck = random.nextInt(20) == 0 ? member.socket : channel;
            stuck.stick();
            everStuck.add(stuck);
          }
        }
        case 11 -> {
          channel.unstick();
          member.socket.unstick();
        }
        case 12 -> Loops.pass(List.copyOf(heard.keySet()), StickyChannel.PATIENCE.toMillis() / 2);
        case 13 -> {
          if (random.nextInt(10) == 0 && member.socket.isOpen() && member.sitsIn(room)) {
            member.leave(room);
          }
        }
        case 6 -> {
          if (random.nextInt(40) == 0) {
            member.socket.close();
          } else if (random.nextInt(40) == 0) {
            channel.close();
          }
        }
        default -> {
          List<StickySocket> all = List.copyOf(heard.keySet());
          all.get(random.nextInt(all.size())).runPendingTasks();
        }
      }
    }

    private void collect() {
      heard.forEach(
          (channel, text) -> {
            for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
              text.append(out.toString(UTF_8));
              ReferenceCountUtil.release(out);
            }
          });
    }

    private void runAll() {
      for (int round = 0; round < 10; round++) {
        heard.keySet().forEach(EmbeddedChannel::runPendingTasks);
      }
    }

    private void check() {
      Map<String, List<String>> orders = new TreeMap<>();
      observers.forEach((room, observer) -> orders.put(room, messages(observer.socket)));
      orders.forEach(
          (room, order) -> {
            for (int i = 0; i < order.size(); i++) {
              assertThat(order.get(i)).as("seed %d: dense", seed).startsWith(room + (i + 1));
            }
          });
      for (NumberedMember member : numbered) {
        List<String> got = messages(member.socket);
        member.rooms.forEach(
            (room, presence) ->
                checkNumbered(
                    member,
                    got,
                    room,
                    presence.seat().joinedAfter().seq(),
                    Objects.requireNonNull(orders.get(room))));
      }
      for (int i = 0; i < EACH; i++) {
        if (seedRooms.get(i) != null) {
          checkSeed(i, Objects.requireNonNull(orders.get(seedRooms.get(i))), seedRooms.get(i));
        }
      }
    }

    private void checkNumbered(
        NumberedMember member, List<String> got, String room, long after, List<String> order) {
      List<String> due = new ArrayList<>();
      for (int i = (int) after; i < order.size(); i++) {
        String said = order.get(i);
        boolean own = said.startsWith(room + (i + 1) + member.name());
        due.add(own ? room + (i + 1) + "!" : said);
      }
      List<String> ofRoom = got.stream().filter(message -> message.startsWith(room)).toList();
      if (member.socket.isOpen() && member.sitsIn(room)) {
        assertThat(ofRoom).as("seed %d: %s in %s", seed, member.name(), room).isEqualTo(due);
      } else {
        assertThat(ofRoom).as("seed %d: left", seed).isEqualTo(due.subList(0, ofRoom.size()));
      }
    }

    private void checkSeed(int i, List<String> order, String room) {
      StickyChannel channel = seedChannels.get(i);
      List<String> due = new ArrayList<>();
      for (int n = (int) channel.member().seat().joinedAfter().seq(); n < order.size(); n++) {
        String message = order.get(n).substring((room + (n + 1)).length());
        if (!message.startsWith(seedName(i))) {
          due.add(message);
        }
      }
      List<String> got = messages(channel);
      if (everStuck.contains(channel)) {
        if (!got.isEmpty()) { // it can have missed everything
          assertThat(due).as("seed %d: %s was stuck", seed, seedName(i)).containsSubsequence(got);
        }
      } else if (channel.isOpen()) {
        assertThat(got).as("seed %d: %s in %s", seed, seedName(i), room).isEqualTo(due);
      } else {
        assertThat(got).as("seed %d: left", seed).isEqualTo(due.subList(0, got.size()));
      }
    }

    private List<String> messages(StickySocket channel) {
      String text = Objects.requireNonNull(heard.get(channel)).toString();
      return text.isEmpty() ? List.of() : List.of(text.split(";"));
    }

    private static String seedName(int i) {
      return "" + (char) ('a' + i);
    }
  }
}
