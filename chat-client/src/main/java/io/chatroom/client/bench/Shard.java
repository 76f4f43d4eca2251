package io.chatroom.client.bench;

import io.netty.channel.EventLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;

/** The members on one event loop. All methods are for that loop only. */
final class Shard {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  final EventLoop loop;
  final ReadBuffer readBuffer = new ReadBuffer();

  private final List<Tally> tallies = new ArrayList<>();
  private long bytes;
  private long lastReadNanos = System.nanoTime();

  Shard(EventLoop loop) {
    this.loop = loop;
  }

  void add(Tally tally) {
    tallies.add(tally);
  }

  /** Records that one of the members has read {@code count} bytes. */
  void read(int count, long now) {
    bytes += count;
    lastReadNanos = now;
  }

  Standing standing(Goal goal) {
    long received = 0;
    int incomplete = 0;
    for (Tally tally : tallies) {
      received += Math.min(tally.received(goal), tally.expected(goal));
      incomplete += tally.complete(goal) ? 0 : 1;
    }
    return new Standing(bytes, received, incomplete, lastReadNanos, cpuNanos());
  }

  Faults faults(Goal goal) {
    return tallies.stream().map(tally -> tally.faults(goal)).reduce(Faults.NONE, Faults::plus);
  }

  private static long cpuNanos() {
    return THREADS.isCurrentThreadCpuTimeSupported() ? THREADS.getCurrentThreadCpuTime() : 0;
  }
}
