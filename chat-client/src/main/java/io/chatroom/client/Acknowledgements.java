package io.chatroom.client;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which frames the peer's kernel has acknowledged, where {@link KernelView} can tell, and
 * notices when it stops acknowledging: TCP itself would retry for a quarter of an hour, and
 * keep-alive is silent while data is in flight. Polls only while something is unacknowledged. Runs
 * on the event loop, except for {@link #frames}.
 */
final class Acknowledgements {

  /** Maximum number of frames that are tracked separately; beyond it, several count as one. */
  private static final int MAX_PENDING = 10_000;

  /**
   * The timing for detecting a server that has vanished.
   *
   * @param interval between two polls
   * @param patience maximum time without an acknowledgement from the peer
   * @param leaving on leaving, additional wait for unacknowledged data: TCP resends lost data
   *     within seconds
   */
  record Vigilance(Duration interval, Duration patience, Duration leaving) {
    static final Vigilance DEFAULT =
        new Vigilance(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofSeconds(10));
  }

  /** The number of bytes whose acknowledgement covers all frames up to this one. */
  private record Sent(long frame, long endByte) {}

  private final Channel channel;
  private final SentBytes bytes;
  private final Vigilance vigilance;
  private final Runnable onSilence;
  private final Deque<Sent> pending = new ArrayDeque<>();
  private long taken;
  private volatile long acknowledged;
  private volatile boolean tells = true;
  private boolean toldOnce;
  private boolean polling;
  private boolean finSent;
  private long lastAcknowledgedBytes;
  private long aliveNanos;

  /**
   * @param onSilence called when the peer has acknowledged nothing for {@code patience}
   */
  Acknowledgements(Channel channel, SentBytes bytes, Vigilance vigilance, Runnable onSilence) {
    this.channel = channel;
    this.bytes = bytes;
    this.vigilance = vigilance;
    this.onSilence = onSilence;
  }

  /** The operating system has accepted the next frame, which ends at this byte. */
  void taken(long endByte) {
    taken++;
    if (!tells) {
      return;
    }
    if (pending.isEmpty()) {
      aliveNanos = System.nanoTime();
    } else if (pending.size() == MAX_PENDING) {
      pending.removeLast();
    }
    pending.add(new Sent(taken, endByte));
    pollLater();
  }

  /** Our FIN has been sent; the kernel counts it as a byte. */
  void finSent() {
    finSent = true;
  }

  long taken() {
    return taken;
  }

  /** The number of acknowledged frames at the last poll, if the system tells. For any thread. */
  OptionalLong frames() {
    return tells ? OptionalLong.of(acknowledged) : OptionalLong.empty();
  }

  private void pollLater() {
    if (!polling) {
      polling = true;
      channel
          .eventLoop()
          .schedule(this::pollAgain, vigilance.interval.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void pollAgain() {
    polling = false;
    if (pending.isEmpty() || !channel.isActive()) {
      return;
    }
    poll();
    if (System.nanoTime() - aliveNanos > vigilance.patience.toNanos()) {
      onSilence.run();
    } else if (!pending.isEmpty()) {
      pollLater();
    }
  }

  /** Reads the kernel's counters. */
  void poll() {
    KernelView view = view();
    if (view == null) { // not Linux, or the connection has just closed: keep the last numbers
      tells = toldOnce;
      pending.clear();
      return;
    }
    toldOnce = true;
    long fin = finSent ? 1 : 0;
    long acknowledgedBytes = bytes.taken() - Math.max(0, view.unacknowledgedBytes() - fin);
    // A server that does not read still answers probes.
    if (acknowledgedBytes > lastAcknowledgedBytes || !view.retrying()) {
      aliveNanos = System.nanoTime();
    }
    lastAcknowledgedBytes = acknowledgedBytes;
    while (!pending.isEmpty() && pending.getFirst().endByte <= acknowledgedBytes) {
      acknowledged = pending.removeFirst().frame;
    }
  }

  private @Nullable KernelView view() {
    return channel.localAddress() instanceof InetSocketAddress local
            && channel.remoteAddress() instanceof InetSocketAddress remote
        ? KernelView.of(local, remote)
        : null;
  }
}
