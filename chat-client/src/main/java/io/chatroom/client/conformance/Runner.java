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
  private final Terms terms;
  private final Consumer<Case> progress;
  private final Floor floor = new Floor();
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
   * @param terms the time limits
   * @param progress called with each case as it begins, from any thread
   */
  public Runner(InetSocketAddress server, Terms terms, Consumer<Case> progress) {
    this.server = server;
    this.terms = terms;
    this.progress = progress;
  }

  /** Judges the server and returns the results in the order of the cases. */
  public List<Result> run(List<Case> cases) throws InterruptedException {
    long deadline = System.nanoTime() + terms.wholeRun().toNanos();
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
        if (!floor.enter(until(deadline))) {
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
                    floor.leave();
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
            "the time limit of %d s for a run was reached".formatted(terms.wholeRun().toSeconds())),
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
    Setting setting = new Setting(server, tag, terms, judged.patience(), floor, watchdog);
    try (Play play = judged.script().on(setting)) {
      verdict = judge(judged, play);
    }
    return new Result(judged, verdict, Duration.ofNanos(System.nanoTime() - start));
  }

  private Verdict judge(Case judged, Play play) throws InterruptedException {
    Case before = last;
    try {
      play.open();
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
      play.run();
    } catch (Broken e) {
      return new Fails(e.expected(), e.actual());
    }
    try {
      play.stillWorks();
    } catch (Broken e) {
      return new Fails("the room works afterwards: " + e.expected(), e.actual());
    }
    return new Holds();
  }
}
