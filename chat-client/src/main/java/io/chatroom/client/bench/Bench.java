package io.chatroom.client.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import io.chatroom.client.bench.BenchPlan.Amount;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run: connects all members, makes sure that they are in the room, warms up and measures. It
 * polls the state of the event loops.
 *
 * <p>{@link #run} may be called once, {@link #stop} at any time from any thread.
 */
public final class Bench {

  /** Open files that the JVM itself needs: jars, pipes, selectors. */
  private static final int OTHER_FILES = 64;

  /** Time between checks for the last deliveries. */
  private static final int DRAIN_MILLIS = 2;

  /** Time to watch for surplus deliveries after the last expected one. */
  private static final int QUIET_MILLIS = 50;

  private final BenchPlan plan;
  private final Consumer<String> onProgress;
  private volatile boolean stopped;

  /**
   * The thread to interrupt by {@link #stop} while it waits for the server, which may never answer.
   */
  private volatile @Nullable Thread connecting;

  /**
   * @param onProgress called a few times a second with a short text, on the thread that runs the
   *     bench
   */
  public Bench(BenchPlan plan, Consumer<String> onProgress) {
    this.plan = plan;
    this.onProgress = onProgress;
  }

  /** Ends the run soon; {@link #run} returns the results so far. */
  public void stop() {
    stopped = true;
    Thread waiting = connecting;
    if (waiting != null) {
      waiting.interrupt();
    }
  }

  /**
   * Runs to the end.
   *
   * @throws IOException if there is no result: the server does not answer or has stopped, or
   *     members could not join the room; the message is one sentence
   */
  public BenchResult run() throws IOException, InterruptedException {
    checkFileLimit();
    try (Crowd crowd = Crowd.of(plan)) {
      connect(crowd);
      gather(crowd);
      return measure(crowd);
    }
  }

  private void connect(Crowd crowd) throws IOException, InterruptedException {
    connecting = Thread.currentThread();
    try {
      beat("connecting");
      crowd.connect(this::beat);
    } catch (IOException | InterruptedException e) {
      // the same message wherever it was stopped
      if (stopped) {
        throw stoppedTooEarly();
      }
      throw e;
    } finally {
      connecting = null;
    }
  }

  private static IOException stoppedTooEarly() {
    return new IOException("stopped before anything was measured");
  }

  private void checkFileLimit() throws IOException {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
      long limit = system.getMaxFileDescriptorCount();
      int needed = plan.members() + OTHER_FILES;
      if (limit > 0 && needed > limit) {
        throw new IOException(
            plan.members()
                + " members need "
                + needed
                + " open files, but this process may have only "
                + limit
                + ": raise the limit with ulimit -n, or use fewer --receivers");
      }
    }
  }

  private void beat(String progress) throws IOException {
    if (stopped) {
      throw stoppedTooEarly();
    }
    onProgress.accept(progress);
  }

  /** Waits until every member is in the room and counts from the same message. */
  private void gather(Crowd crowd) throws IOException, InterruptedException {
    RollCall rollCall = crowd.rollCall();
    if (plan.sessions() != null) {
      await(
          crowd,
          rollCall.present(),
          plan.members(),
          () -> {},
          "joined the room",
          "accepts no more members");
      return;
    }
    int listeners = plan.members() - 1;
    String why = "does not relay it unchanged to all, or accepts no more members";
    await(
        crowd,
        rollCall.present(),
        listeners,
        () -> crowd.sendUncounted(Script.PROBE),
        "received a message from the first",
        why);
    crowd.sendUncounted(Script.START);
    await(
        crowd,
        rollCall.started(),
        listeners,
        () -> {},
        "received the second message from the first",
        why);
  }

  /**
   * Waits until a latch reaches zero.
   *
   * @param each called before each wait
   * @param why what may be wrong with the server if it does not, as a phrase
   * @throws IOException if there is no progress within the timeout of the plan
   */
  private void await(
      Crowd crowd, CountDownLatch latch, int all, Runnable each, String what, String why)
      throws IOException, InterruptedException {
    long left = latch.getCount();
    long since = System.nanoTime();
    do {
      crowd.checkWhole();
      if (latch.getCount() < left) {
        left = latch.getCount();
        since = System.nanoTime();
      } else if (System.nanoTime() - since > plan.patience().toNanos()) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "%d of %d members have not %s within %.1f s: %s %s",
                left,
                all,
                what,
                plan.patience().toMillis() / 1e3,
                plan.server(),
                why));
      }
      beat("joining, " + left + " to come");
      each.run();
    } while (!latch.await(Pulse.MILLIS, TimeUnit.MILLISECONDS));
  }

  private BenchResult measure(Crowd crowd) throws IOException, InterruptedException {
    boolean warm =
        plan.warmup().isZero() || phase(crowd, "warming up", new Amount.Time(plan.warmup()), false);
    beat("measuring");
    Goal before = crowd.goal();
    Standing start = crowd.standing(before);
    long startNanos = System.nanoTime();
    if (warm) {
      phase(crowd, "measuring", plan.amount(), true);
    }
    Standing end = crowd.standing(crowd.goal());
    double busy = (double) (end.cpuNanos() - start.cpuNanos()) / (System.nanoTime() - startNanos);
    Thread.sleep(QUIET_MILLIS);
    crowd.checkWhole();
    Goal goal = crowd.goal();
    BenchResult result =
        new BenchResult(
            plan,
            Math.max(0, end.lastReadNanos() - startNanos),
            goal.messages() - before.messages(),
            crowd.standing(goal).received() - start.received(),
            crowd.deliveryBytes(),
            crowd.latencies(),
            crowd.acks(),
            crowd.onTime(),
            crowd.faults(goal),
            crowd.strangers(),
            Math.max(0, Math.min(busy, 1)),
            stopped);
    crowd.leave();
    return result;
  }

  /** Returns false if a delivery is missing and no longer expected. */
  private boolean phase(Crowd crowd, String what, Amount amount, boolean measured)
      throws IOException, InterruptedException {
    Pacer.Phase phase = crowd.begin(amount, measured);
    Standing last = crowd.standing(crowd.goal());
    Standing shown = last;
    long begun = System.nanoTime();
    long changed = begun;
    long shownAt = begun;
    while (true) {
      boolean ended = phase.ended().await(Pulse.MILLIS, TimeUnit.MILLISECONDS);
      if (stopped) {
        crowd.end(phase);
      }
      crowd.checkWhole();
      Standing now = crowd.standing(crowd.goal());
      long nanos = System.nanoTime();
      if (ended && now.incomplete() == 0) {
        return true;
      }
      if (now.incomplete() == 0 || now.bytes() != last.bytes()) {
        changed = nanos;
      } else if (nanos - changed > plan.patience().toNanos()) {
        crowd.end(phase);
        return false;
      }
      if (nanos - shownAt > TimeUnit.MILLISECONDS.toNanos(2 * Pulse.MILLIS)) {
        onProgress.accept(
            String.format(
                Locale.ROOT,
                "%s, %.1f s, %,.0f deliveries/s",
                what,
                (nanos - begun) / 1e9,
                (now.received() - shown.received()) * 1e9 / (nanos - shownAt)));
        shown = now;
        shownAt = nanos;
      }
      last = now;
      if (ended) {
        Thread.sleep(DRAIN_MILLIS);
      }
    }
  }
}
