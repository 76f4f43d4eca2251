package io.chatroom.client.bench;

import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the senders send: as fast as the slowest sampled receiver receives, or at a fixed rate. All
 * messages that may be sent at one moment go out in one write for each sender.
 *
 * <p>Confined to its event loop, which all senders and all sampled receivers share.
 */
final class Pacer {

  /** Most bytes to write before checking again that the connections are writable. */
  private static final int MAX_BATCH_BYTES = 256 * 1024;

  /** Timers can be this late, so the last part of a wait polls the clock. */
  private static final long TIMER_NANOS = TimeUnit.MICROSECONDS.toNanos(1_500);

  private final EventLoop loop;
  private final MessageWriter writer;
  private final Ledger ledger;
  private final Pace pace;
  private final Channel[] senders;
  private final List<Progress> receivers = new ArrayList<>();

  private @Nullable Phase phase;
  private boolean queued;

  /** One phase of sending: the warm-up or the measurement. */
  static final class Phase {

    private final long last;
    private final CountDownLatch ended = new CountDownLatch(1);

    Phase(long last) {
      this.last = last;
    }

    /**
     * Returns a latch that reaches zero when the last message was sent; any thread may wait for it.
     */
    CountDownLatch ended() {
      return ended;
    }
  }

  Pacer(EventLoop loop, MessageWriter writer, Ledger ledger, Pace pace) {
    this.loop = loop;
    this.writer = writer;
    this.ledger = ledger;
    this.pace = pace;
    senders = new Channel[writer.senders()];
  }

  /** Sets the connection of a sender; before any sender sends. */
  void setSender(int number, Channel sender) {
    senders[number] = sender;
  }

  /** Adds a member that the senders wait for. */
  void addReceiver(Progress receiver) {
    receivers.add(receiver);
  }

  /** Sends a message from the first sender that does not count. */
  void sendFirst(byte kind) {
    ByteBuf out = senders[0].alloc().directBuffer(writer.frameBytes());
    writer.write(out, kind, 0);
    senders[0].writeAndFlush(out, senders[0].voidPromise());
  }

  /** Begins a phase. */
  Phase begin(Amount amount, boolean measured) {
    ledger.begin(System.nanoTime(), measured);
    Phase next =
        new Phase(
            amount instanceof Amount.Messages messages
                ? ledger.sent() + messages.count()
                : Long.MAX_VALUE);
    phase = next;
    if (amount instanceof Amount.Time time) {
      loop.schedule(() -> end(next), time.duration().toNanos(), TimeUnit.NANOSECONDS);
    }
    wake();
    return next;
  }

  /** Ends this phase. */
  void end(Phase ending) {
    if (phase == ending) {
      phase = null;
      ledger.end(System.nanoTime());
    }
    ending.ended.countDown();
  }

  /**
   * Checks whether more may be sent, once the event loop has processed everything that it has read.
   * To be called when something has changed.
   */
  void wake() {
    if (phase != null && !queued) {
      queued = true;
      loop.execute(this::sendAllowed);
    }
  }

  private void sendAllowed() {
    queued = false;
    while (phase != null) {
      Phase current = phase;
      long now = System.nanoTime();
      long allowed = Math.min(allowed(now), current.last - ledger.sent());
      if (allowed > 0 && canWrite()) {
        send((int) Math.min(allowed, batch()), now);
      } else if (current.last == ledger.sent()) {
        end(current);
      } else {
        if (allowed <= 0 && pace instanceof Pace.Rate) {
          wakeAt(ledger.dueNanos(ledger.sent()) - now);
        }
        return;
      }
    }
  }

  private long allowed(long now) {
    if (pace instanceof Pace.InFlight window) {
      long slowest = Long.MAX_VALUE;
      for (Progress receiver : receivers) {
        slowest = Math.min(slowest, receiver.passed());
      }
      return window.messages() - (ledger.sent() - slowest);
    }
    return ledger.due(now) - (ledger.sent() - ledger.firstOfPhase());
  }

  private boolean canWrite() {
    for (Channel sender : senders) {
      if (!sender.isWritable()) {
        return false;
      }
    }
    return true;
  }

  private int batch() {
    return Math.max(1, MAX_BATCH_BYTES / writer.frameBytes());
  }

  private void send(int messages, long now) {
    @Nullable ByteBuf[] out = new ByteBuf[senders.length];
    int most = (messages / out.length + 1) * writer.frameBytes();
    for (long number = ledger.sent(); number < ledger.sent() + messages; number++) {
      int sender = (int) (number % out.length);
      ByteBuf buffer = out[sender];
      if (buffer == null) {
        buffer = senders[sender].alloc().directBuffer(most);
        out[sender] = buffer;
      }
      writer.write(buffer, Script.MESSAGE, number);
    }
    ledger.recordSent(messages, now);
    for (int sender = 0; sender < out.length; sender++) {
      ByteBuf buffer = out[sender];
      if (buffer != null) {
        senders[sender].writeAndFlush(buffer, senders[sender].voidPromise());
      }
    }
  }

  /** Sends later; the event loop goes on reading until then. */
  private void wakeAt(long delayNanos) {
    queued = true;
    loop.schedule(this::sendAllowed, Math.max(1, delayNanos - TIMER_NANOS), TimeUnit.NANOSECONDS);
  }
}
