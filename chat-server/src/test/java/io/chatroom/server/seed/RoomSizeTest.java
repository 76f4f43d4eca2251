package io.chatroom.server.seed;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.room.ChannelOutlet;
import io.chatroom.server.room.Member;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Presence;
import io.chatroom.server.room.Rooms;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Measures the heap that a room takes, among ten thousand. Members are counted without their
 * connections, but with all that the room keeps about them.
 */
class RoomSizeTest {

  private static final int ROOMS = 10_000;

  private final List<StickyChannel> channels =
      Stream.generate(StickyChannel::new).limit(4).toList();
  private final Rooms rooms =
      new Rooms(
          channels.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList(),
          new MemoryLogs(1_000, 100_000_000, InstantSource.system()),
          Long.MAX_VALUE,
          Metrics.NOOP);
  private final SeedKind kind = new SeedKind(TestRoom.USUAL, 0, new TestRoom.SilentLog());
  private final List<Presence> kept = new ArrayList<>(2 * ROOMS);

  @Test
  void twoSilentMembersCostTwoKibibytesAtMost() {
    List<Silent> members = channels.stream().map(Silent::new).toList();
    join(members.get(0), "warm-up");
    long before = used();
    for (int i = 0; i < ROOMS; i++) { // on two event loops, which is more than on one
      join(members.get(0), "room " + i);
      join(members.get(1), "room " + i);
    }
    assertSize(before, 2_048);
  }

  /** A room without a member exists only while its log keeps something: here, one message. */
  @Test
  void anEmptyRoomCostsOneKibibyteAtMost() {
    StickyChannel member = channels.get(0);
    join(new Silent(member), "warm-up");
    long before = used();
    for (int i = 0; i < ROOMS; i++) {
      member.join(rooms, kind, "room " + i, Loops.bytes("2         me"));
      Loops.say(member.member(), "5         hello");
      member.runPendingTasks();
      member.member().left();
      member.runPendingTasks();
    }
    member.join(rooms, kind, "warm-up", Loops.bytes("2         me")); // to leave when it closes
    assertSize(before, 1_024);
  }

  private void join(Silent member, String room) {
    kept.add(rooms.join(room, member, kind, member.nameFrame));
    channels.forEach(EmbeddedChannel::runPendingTasks);
  }

  private void assertSize(long before, int mostBytes) {
    long each = (used() - before) / ROOMS;
    assertThat(each).as("bytes a room").isBetween(100L, (long) mostBytes);
    assertThat(rooms.size()).isEqualTo(ROOMS + 1); // they have been there until now
    channels.forEach(EmbeddedChannel::finishAndReleaseAll);
  }

  /** The smallest of several measurements: garbage of other threads of the JVM does not stay. */
  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  /** A member that never sends anything, in every room. */
  private static final class Silent implements Member {

    final byte[] nameFrame = {};
    private final Channel channel;
    private final Outlet outlet;

    Silent(EmbeddedChannel channel) {
      this.channel = channel;
      this.outlet = new ChannelOutlet(channel.pipeline().lastContext());
    }

    @Override
    public Channel channel() {
      return channel;
    }

    @Override
    public Outlet outlet() {
      return outlet;
    }

    @Override
    public boolean hold() {
      return false;
    }

    @Override
    public void goOn() {}

    @Override
    public void repeated(String room, Post post, long seq, long atMillis) {}

    @Override
    public void reused(String room, Post post) {}

    @Override
    public boolean refused(String room, int messages, Refusal why) {
      return false;
    }

    @Override
    public void reset(String room, Position to) {}

    @Override
    public void stop() {}

    @Override
    public void sayGoodbye() {}

    @Override
    public boolean lags() {
      return false;
    }

    @Override
    public void failed(Throwable cause) {}
  }
}
