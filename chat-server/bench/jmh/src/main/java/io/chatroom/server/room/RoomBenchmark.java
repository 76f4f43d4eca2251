package io.chatroom.server.room;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.MemoryLogs;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.ServerMetrics;
import io.chatroom.server.seed.BacklogPolicy;
import io.chatroom.server.seed.SeedKind;
import io.chatroom.server.seed.SeedMember;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.seed.SlowMember;
import io.chatroom.server.seed.SlowMemberLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a delivery costs in the room: from what a member says to the write on each other member's
 * channel, on one event loop, with sockets that are free.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Dio.netty.leakDetection.level=disabled")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class RoomBenchmark {

  /** A room with one who talks and many who listen. */
  @State(Scope.Thread)
  public static class Crowd {

    @Param({"10", "100", "1000"})
    public int members;

    /** How many messages an event loop reads in one wake-up. */
    @Param({"1", "64"})
    public int burst;

    /** As with and without an admin endpoint: what counting costs is the difference. */
    @Param("true")
    public boolean counted;

    /** Without and with a log that keeps what is said: what keeping costs is the difference. */
    @Param({"0", "1000"})
    public int historyMessages;

    private final EmbeddedChannel sender = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final List<FreeChannel> listeners = new ArrayList<>();
    @SuppressWarnings("NullAway.Init") // by JMH, through open
    private SeedMember talker;
    private final ByteBuf message =
        Unpooled.directBuffer()
            .writeBytes("64        ".getBytes(StandardCharsets.UTF_8))
            .writeZero(64);

    @Setup
    public void open() {
      Rooms rooms =
          new Rooms(
              List.of(sender.eventLoop()),
              new MemoryLogs(historyMessages, 16L * 1024 * 1024, InstantSource.system()),
              Long.MAX_VALUE,
              counted ? new ServerMetrics() : Metrics.NOOP);
      SeedRoom room =
          new SeedRoom(
              rooms,
              RoomName.of("lobby"),
              new SeedKind(
                  new BacklogPolicy(1024 * 1024, Duration.ofMillis(250), SlowMember.DROP),
                  sender.eventLoop().ticker().nanoTime(),
                  new Silence()));
      talker =
          room.join(
              sender.pipeline().firstContext(),
              new ChannelOutlet(sender.pipeline().firstContext()),
              "talker",
              Unpooled.copiedBuffer("6         talker", StandardCharsets.UTF_8));
      for (int i = 0; i < members; i++) {
        FreeChannel channel = new FreeChannel();
        sender.eventLoop().register(channel);
        ByteBuf name = Unpooled.copiedBuffer("2         me", StandardCharsets.UTF_8);
        // As on a connection: handlers that only look at what comes in.
        for (int handler = 0; handler < 4; handler++) {
          channel.pipeline().addLast(new ChannelInboundHandlerAdapter());
        }
        room.join(
            channel.pipeline().firstContext(),
            new ChannelOutlet(channel.pipeline().firstContext()),
            "me",
            name);
        listeners.add(channel);
      }
      sender.runPendingTasks();
    }
  }

  private static final class Silence implements SlowMemberLog {
    @Override
    public void lags(Channel member) {}

    @Override
    public void closesSlowMember(Channel member, String why) {}
  }

  /** Deliveries next to calls, so that a delivery has a price of its own. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Count {
    public long deliveries;
  }

  /** 64-byte messages. The column {@code deliveries} is the time for one. */
  @Benchmark
  public void deliver(Crowd crowd, Count count) {
    for (int i = 0; i < crowd.burst; i++) {
      crowd.talker.say(crowd.message);
    }
    crowd.sender.runPendingTasks();
    count.deliveries += (long) crowd.members * crowd.burst;
  }
}
