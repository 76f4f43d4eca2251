package io.chatroom.client.conformance;

import io.chatroom.client.conformance.Verdict.Fails;
import io.chatroom.client.conformance.Verdict.Holds;
import io.chatroom.client.conformance.Verdict.NotRun;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs cases against one server, gentle ones first. Each case gets its own stage, and the runner
 * checks that the room works before and after it. If the room stops working after a case, the
 * remaining cases are reported as not run, with the name of that case, instead of failing for
 * something they did not cause.
 *
 * <p>The whole run has a time limit, whatever the server does.
 */
public final class Runner {

  private final InetSocketAddress server;
  private final TimeLimits limits;
  private final Consumer<Case> progress;
  private final Turn turn = new Turn();
  private final Bytes run = Tag.newRun();

  /**
   * The case that ran last. If the next one finds that the room does not work, this one is named.
   */
  private volatile @Nullable Case last;

  /** Surfaces that have worked at least once. */
  private final Set<Surface> alive = ConcurrentHashMap.newKeySet();

  /** Surfaces that do not work or no longer work, with the reason. */
  private final Map<Surface, String> dead = new ConcurrentHashMap<>();

  /**
   * @param server the server to judge
   * @param limits the time limits
   * @param progress called with each case as it begins, from any thread
   */
  public Runner(InetSocketAddress server, TimeLimits limits, Consumer<Case> progress) {
    this.server = server;
    this.limits = limits;
    this.progress = progress;
  }

  /** Judges the server and returns the results in the order of the cases. */
  public List<Result> run(List<Case> cases) throws InterruptedException {
    long deadline = System.nanoTime() + limits.wholeRun().toNanos();
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "conformance");
          thread.setDaemon(true);
          return thread;
        };
    ExecutorService threads = Executors.newCachedThreadPool(daemons);
    var watchdog = new ScheduledThreadPoolExecutor(1, daemons);
    watchdog.setRemoveOnCancelPolicy(true);
    try {
      Map<Case, Future<Result>> running = new LinkedHashMap<>();
      List<Case> inOrder = new ArrayList<>(cases);
      inOrder.sort(Comparator.comparing(Case::danger));
      for (Case next : inOrder) {
        if (next.danger() == Danger.ENDING) {
          for (Map.Entry<Case, Future<Result>> each : running.entrySet()) {
            await(each.getKey(), each.getValue(), deadline);
          }
        }
        if (!turn.take(until(deadline))) {
          break;
        }
        Tag tag = Tag.of(run, running.size());
        running.put(
            next,
            threads.submit(
                () -> {
                  try {
                    return judge(next, tag, watchdog);
                  } finally {
                    turn.release();
                  }
                }));
      }
      List<Result> results = new ArrayList<>();
      for (Case each : cases) {
        results.add(await(each, running.get(each), deadline));
      }
      return results;
    } finally {
      threads.shutdownNow();
      watchdog.shutdownNow();
    }
  }

  private Result await(Case judged, @Nullable Future<Result> future, long deadline)
      throws InterruptedException {
    if (future != null) {
      try {
        return future.get(until(deadline).toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException | CancellationException e) {
        future.cancel(true);
      } catch (ExecutionException e) {
        throw new IllegalStateException("the kit failed in " + judged.id(), e.getCause());
      }
    }
    return new Result(
        judged,
        new NotRun(
            "the time limit of %d s for a run was reached"
                .formatted(limits.wholeRun().toSeconds())),
        Duration.ZERO);
  }

  private static Duration until(long deadline) {
    return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
  }

  private Result judge(Case judged, Tag tag, ScheduledThreadPoolExecutor watchdog)
      throws InterruptedException {
    String hopeless = dead.get(judged.surface());
    if (hopeless != null) {
      return new Result(judged, new NotRun(hopeless), Duration.ZERO);
    }
    progress.accept(judged);
    long start = System.nanoTime();
    Verdict verdict;
    Setting setting = new Setting(server, tag, limits, judged.patience(), turn, watchdog);
    try (CaseRun caseRun = judged.runFactory().newRun(setting)) {
      verdict = judge(judged, caseRun);
    }
    return new Result(judged, verdict, Duration.ofNanos(System.nanoTime() - start));
  }

  private Verdict judge(Case judged, CaseRun caseRun) throws InterruptedException {
    Case before = last;
    try {
      caseRun.open();
    } catch (Broken e) {
      String found = e.getMessage();
      boolean worked = alive.contains(judged.surface());
      String hopeless =
          worked && before != null
              ? "the server stopped answering after " + before.id() + ": " + found
              : judged.surface().dead() + ": " + found;
      dead.put(judged.surface(), hopeless);
      return !worked && judged.section() == Section.ROOM
          ? new Fails(e.expected(), e.actual())
          : new NotRun(hopeless);
    }
    last = judged;
    alive.add(judged.surface());
    try {
      caseRun.run();
    } catch (Broken e) {
      return new Fails(e.expected(), e.actual());
    }
    try {
      caseRun.checkStillWorks();
    } catch (Broken e) {
      return new Fails("the room works afterwards: " + e.expected(), e.actual());
    }
    return new Holds();
  }
}
