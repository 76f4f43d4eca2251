package io.chatroom.server.seed;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.room.Rooms;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * A room for seed members on event loops that a test runs.
 *
 * @param rooms where it is
 * @param seeds how members get in
 */
public record TestRoom(Rooms rooms, SeedRoom seeds) {

  private static final int HISTORY_MESSAGES = 100;
  private static final long HISTORY_BYTES = 1_000_000;

  /** A policy whose bounds hardly any test reaches. */
  public static final BacklogPolicy USUAL =
      new BacklogPolicy(1024 * 1024, Duration.ofMillis(250), SlowMember.DROP);

  /** Creates a room with defaults. */
  public static TestRoom on(List<? extends EmbeddedChannel> channels, BacklogPolicy policy) {
    return on(channels, policy, Long.MAX_VALUE, new SilentLog(), Metrics.NOOP);
  }

  /** Creates a room with all settings. */
  public static TestRoom on(
      List<? extends EmbeddedChannel> channels,
      BacklogPolicy policy,
      long burstBytes,
      SlowMemberLog log,
      Metrics metrics) {
    List<EventExecutor> loops =
        channels.stream().<EventExecutor>map(EmbeddedChannel::eventLoop).toList();
    Rooms rooms =
        new Rooms(
            loops,
            new MemoryLogs(HISTORY_MESSAGES, HISTORY_BYTES, InstantSource.system()),
            burstBytes,
            metrics);
    SeedKind kind = new SeedKind(policy, loops.get(0).ticker().nanoTime(), log);
    return new TestRoom(rooms, new SeedRoom(rooms, RoomName.of("lobby"), kind));
  }

  /** Logs nothing. */
  static final class SilentLog implements SlowMemberLog {
    @Override
    public void lags(Channel member) {}

    @Override
    public void closesSlowMember(Channel member, String why) {}
  }
}
