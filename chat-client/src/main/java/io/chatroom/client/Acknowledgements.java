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
 * Knows which of the frames sent the other side's kernel has acknowledged, where {@link KernelView}
 * tells, and notices when it acknowledges nothing any more: TCP itself would try for a quarter of
 * an hour, and keep-alive says nothing while data is on its way. Looks only while something is
 * unacknowledged. On the event loop, but for {@link #frames}.
 */
final class Acknowledgements {

  /** How many frames are told apart; of more, some are taken as one. */
  private static final int MAX_PENDING = 10_000;

  /**
   * How a vanished server is noticed.
   *
   * @param look so often we look
   * @param patience so long it may acknowledge nothing
   * @param leaving so much longer than for its answer we wait, when we leave, for what it has not
   *     acknowledged: TCP sends again what was lost, within seconds
   */
  record Vigilance(Duration look, Duration patience, Duration leaving) {
    static final Vigilance DEFAULT =
        new Vigilance(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofSeconds(10));
  }

  /** What must be acknowledged for all frames up to this one to be. */
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
  private boolean looking;
  private boolean finSent;
  private long lastAcknowledgedBytes;
  private long aliveNanos;

  /**
   * @param onSilence the other side has acknowledged nothing for as long as patience lasts
   */
  Acknowledgements(Channel channel, SentBytes bytes, Vigilance vigilance, Runnable onSilence) {
    this.channel = channel;
    this.bytes = bytes;
    this.vigilance = vigilance;
    this.onSilence = onSilence;
  }

  /** The operating system has taken the next frame, which ends after so many bytes. */
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
    lookLater();
  }

  /** Our FIN has been sent; the kernel counts it as a byte. */
  void finSent() {
    finSent = true;
  }

  long taken() {
    return taken;
  }

  /** How many frames were acknowledged when we last looked, if the system tells. Any thread. */
  OptionalLong frames() {
    return tells ? OptionalLong.of(acknowledged) : OptionalLong.empty();
  }

  private void lookLater() {
    if (!looking) {
      looking = true;
      channel
          .eventLoop()
          .schedule(this::lookAgain, vigilance.look.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void lookAgain() {
    looking = false;
    if (pending.isEmpty() || !channel.isActive()) {
      return;
    }
    look();
    if (System.nanoTime() - aliveNanos > vigilance.patience.toNanos()) {
      onSilence.run();
    } else if (!pending.isEmpty()) {
      lookLater();
    }
  }

  /** Finds out what is acknowledged by now. */
  void look() {
    KernelView view = view();
    if (view == null) { // another system; or the connection has just gone, and what is known stays
      tells = toldOnce;
      pending.clear();
      return;
    }
    toldOnce = true;
    long fin = finSent ? 1 : 0;
    long acknowledgedBytes = bytes.taken() - Math.max(0, view.unacknowledgedBytes() - fin);
    // A server that does not read answers probes all the same.
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
