package io.chatroom.server.room;

import io.chatroom.server.metrics.LoopMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Gathers what one event loop reads in one wake-up into one {@link Burst}.
 *
 * <p>The task it queues with the first message runs right after the loop's I/O, so a burst waits
 * for nothing: when little happens it is one message, under load it grows by itself. Belongs to its
 * event loop.
 */
final class Collector {

  /**
   * A burst that grows to this size is handed over at once, so that no buffer grows without bound.
   */
  private static final int MAX_BURST_BYTES = 256 * 1024;

  private static final int MIN_CAPACITY = 128;

  private final EventLoop loop;
  private final Room room;
  private final BurstMemory memory;
  private final LoopMetrics metrics;
  private @Nullable Burst burst;
  private boolean scheduled;

  /**
   * Room for the next burst: what the last ones needed, so that most are written without growing.
   * It shrinks fast, because most rooms are quiet most of the time.
   */
  private int capacity = MIN_CAPACITY;

  Collector(EventLoop loop, Room room, BurstMemory memory, LoopMetrics metrics) {
    this.loop = loop;
    this.room = room;
    this.memory = memory;
    this.metrics = metrics;
  }

  void add(Member sender, ByteBuf messageFrame) {
    if (burst == null) {
      burst = new Burst(memory.allocate(capacity), sender);
      if (!scheduled) {
        scheduled = true;
        loop.execute(this::afterIo);
      }
    }
    burst.add(sender, messageFrame);
    if (burst.size() >= MAX_BURST_BYTES) {
      handOver();
    }
  }

  private void afterIo() {
    scheduled = false;
    handOver();
  }

  /** Puts what was gathered into the room's order now. */
  void handOver() {
    if (burst == null) {
      return;
    }
    Burst full = burst;
    burst = null;
    capacity =
        Math.max(MIN_CAPACITY, Math.max(capacity / 2, Math.min(full.size(), MAX_BURST_BYTES)));
    full.seal();
    metrics.burst(full.messages(), full.size());
    room.append(full);
  }
}
