package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.FrameDecoder;
import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.metrics.Metrics;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs on the clock of an embedded channel, whose loop the watch uses. */
class ConnectionWatchTest {

  private static final int BOUND = 100_000;

  private final LogCapture lines = new LogCapture();
  private final ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);
  private final EmbeddedChannel clock = new EmbeddedChannel();
  private final Map<Channel, Long> silentMillis = new HashMap<>();
  private final WaitingBytes waiting = new WaitingBytes(BOUND);
  private final ConnectionWatch watch = watch(clock);
  private final List<EmbeddedChannel> open = new ArrayList<>();

  ConnectionWatchTest() {
    clock.freezeTime();
  }

  @AfterEach
  void close() {
    open.forEach(EmbeddedChannel::finishAndReleaseAll);
    assertThat(watch.heldBytes()).as("bytes of connections that are gone").isZero();
    clock.finishAndReleaseAll();
    lines.close();
  }

  @Test
  void closesAConnectionThatDripsAFrame() {
    EmbeddedChannel peer = connect();
    feed(peer, "5         alice50        a");
    for (int second = 0; second < 10; second++) {
      pass(1);
      assertThat(peer.isOpen()).isTrue();
      feed(peer, "b");
    }
    pass(1);

    assertThat(peer.isOpen()).isFalse();
    assertThat(lines.lines())
        .containsExactly(
            "unknown rejected (frame-timeout): a frame was not complete 10 s after its first byte,"
                + " expected the rest of it in time");
  }

  @Test
  void measuresEachFrameSeparately() {
    EmbeddedChannel peer = connect();
    feed(peer, "5         alice1         ");
    for (int second = 0; second < 40; second++) {
      pass(1);
      if (second % 9 == 8) {
        feed(peer, "x1         ");
      }
    }

    assertThat(peer.isOpen()).isTrue();
  }

  @Test
  void leavesASilentConnectionAlone() {
    EmbeddedChannel peer = connect();
    feed(peer, "5         alice");
    EmbeddedChannel silent = connect();
    pass(1_000);

    assertThat(peer.isOpen()).isTrue();
    assertThat(silent.isOpen()).isTrue();
  }

  @Test
  void ignoresTheTimeInWhichItDoesNotRead() {
    EmbeddedChannel peer = connect();
    feed(peer, "5         alice5         hel");
    pass(9);
    peer.config().setAutoRead(false);
    pass(100);
    assertThat(peer.isOpen()).isTrue();

    peer.config().setAutoRead(true);
    pass(9);
    assertThat(peer.isOpen()).isTrue();
    pass(2);
    assertThat(peer.isOpen()).isFalse();
  }

  @Test
  void closesTheMostExpensiveConnectionsWhenMemoryIsShort() {
    EmbeddedChannel old = connect();
    hold(old, 20_000);
    pass(5);
    EmbeddedChannel little = connect();
    hold(little, 100);
    EmbeddedChannel much = connect();
    hold(much, 60_000);
    assertThat(watch.heldBytes()).isBetween(80_100L, (long) BOUND);
    EmbeddedChannel some = connect();
    hold(some, 30_000);
    clock.runPendingTasks();

    assertThat(old.isOpen()).as("20,000 for five seconds").isFalse();
    assertThat(much.isOpen()).as("60,000").isFalse();
    assertThat(some.isOpen()).isTrue();
    assertThat(little.isOpen()).isTrue();
    assertThat(watch.heldBytes()).isLessThanOrEqualTo(BOUND * 3 / 4);
    assertThat(lines.lines())
        .hasSize(2)
        .allMatch(
            line ->
                line.startsWith(
                    "unknown closed: unfinished frames hold more than 100000 bytes in total"
                        + " (maxWaitingBytes), "));
  }

  /** One event loop exceeds the bound, but another one holds the most. */
  @Test
  void asksTheEventLoopThatHoldsMost() {
    EmbeddedChannel otherClock = new EmbeddedChannel();
    ConnectionWatch other = watch(otherClock);
    EmbeddedChannel much = connect(other);
    hold(much, 90_000);
    EmbeddedChannel little = connect();
    hold(little, 15_000);
    clock.runPendingTasks();
    assertThat(little.isOpen()).isTrue();

    otherClock.runPendingTasks();
    assertThat(much.isOpen()).isFalse();
    assertThat(little.isOpen()).isTrue();
    otherClock.finishAndReleaseAll();
  }

  /** All are checked within a twelfth of the time, a few each second. */
  @Test
  void closesVanishedPeers() {
    List<EmbeddedChannel> peers = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      peers.add(connect());
    }
    silentMillis.put(peers.get(7), 180_001L);
    silentMillis.put(peers.get(21), 180_000L);
    pass(15);

    assertThat(peers).filteredOn(peer -> !peer.isOpen()).containsExactly(peers.get(7));
    assertThat(lines.lines()).containsExactly("unknown vanished: it has sent nothing for 180 s");
  }

  @Test
  void forgetsClosedConnectionsAndStopsItsTimerWithoutAny() {
    EmbeddedChannel first = connect();
    EmbeddedChannel second = connect();
    EmbeddedChannel third = connect();
    feed(third, "5         alice5         hel");
    first.close();
    third.close();
    assertThat(watch.heldBytes()).isZero();
    pass(1);
    second.close();

    assertThat(clock.runScheduledPendingTasks()).as("-1 is no task").isEqualTo(-1);
  }

  private ConnectionWatch watch(EmbeddedChannel clock) {
    return new ConnectionWatch(
        clock.eventLoop(),
        Duration.ofSeconds(10),
        Duration.ofMinutes(3),
        channel -> silentMillis.getOrDefault(channel, 0L),
        waiting,
        log);
  }

  private EmbeddedChannel connect() {
    return connect(watch);
  }

  private EmbeddedChannel connect(ConnectionWatch watch) {
    FrameDecoder decoder = FrameDecoder.ofClient(new Limits(128, 100_000));
    EmbeddedChannel channel = new EmbeddedChannel();
    channel
        .pipeline()
        .addLast(decoder)
        .addLast(
            new WatchedConnection(watch, channel, () -> 0) {
              @Override
              protected int waitingBytes() {
                return decoder.waitingBytes();
              }

              @Override
              protected long completed() {
                return decoder.frames();
              }
            })
        .addLast(
            new SimpleChannelInboundHandler<Frame>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {}

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                ConnectionFailure.end(ctx, cause, true, log);
              }
            });
    open.add(channel);
    return channel;
  }

  /** Sends this many bytes of a longer message. */
  private static void hold(EmbeddedChannel channel, int bytes) {
    feed(channel, "1         n100000    " + "x".repeat(bytes));
  }

  private static void feed(EmbeddedChannel channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(bytes.length);
    channel.writeInbound(piece.writeBytes(bytes));
  }

  private void pass(int seconds) {
    for (int i = 0; i < seconds; i++) {
      clock.advanceTimeBy(1, TimeUnit.SECONDS);
      clock.runScheduledPendingTasks();
    }
  }
}
