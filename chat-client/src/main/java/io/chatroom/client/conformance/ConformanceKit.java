package io.chatroom.client.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * The kit as others see it: some cases, to be listed or to be held against a server.
 *
 * <p>What it owes: with the default times the verdict comes within two minutes, whatever the server
 * does; every connection it opened is closed afterwards; and a server that deserves to be usable
 * still is.
 */
public final class ConformanceKit {

  private static final long HEAD_START_MILLIS = 250;

  private final List<Case> cases;

  private ConformanceKit(List<Case> cases) {
    this.cases = cases;
  }

  /**
   * A kit of some cases.
   *
   * @param ids ids of cases, or their first parts; none means all cases
   * @throws IllegalArgumentException if there is no such case; the message is one sentence
   */
  public static ConformanceKit of(List<String> ids) {
    return of(Cases.all(), ids);
  }

  /**
   * A kit of some of these cases.
   *
   * @param ids ids of cases, or their first parts; none means all cases
   * @throws IllegalArgumentException if there is no such case; the message is one sentence
   */
  public static ConformanceKit of(List<Case> all, List<String> ids) {
    return new ConformanceKit(ids.isEmpty() ? all : Cases.only(all, ids));
  }

  /** Prints what the cases require. */
  public void list(PrintWriter out) {
    new Report(out, false).list(cases);
    out.flush();
  }

  /**
   * Holds the cases against a server.
   *
   * @param server one that has answered
   * @param timeout how long to wait for anything that the server owes at once
   * @param talk how long to keep the room talking, to find what breaks with time
   * @param progress is told the id of each case that begins, from any thread
   * @return what came of it
   * @throws InterruptedException if the calling thread is interrupted
   */
  public Outcome judge(
      InetSocketAddress server, Duration timeout, Duration talk, Consumer<String> progress)
      throws InterruptedException {
    Runner runner =
        new Runner(server, Terms.ofProtocol(timeout, talk), next -> progress.accept(next.id()));
    return new Outcome(runner.run(cases));
  }

  /**
   * The address of a server that is judged. All are asked, each a moment after the one before, so
   * that the earlier ones are preferred.
   *
   * @param timeout how long to wait for an answer
   * @throws IOException if the server cannot be reached; the message says why, without the address
   */
  public static InetSocketAddress firstToAnswer(List<InetSocketAddress> addresses, Duration timeout)
      throws IOException, InterruptedException {
    ExecutorService threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "conformance-connects");
              thread.setDaemon(true);
              return thread;
            });
    List<Callable<InetSocketAddress>> attempts = new ArrayList<>();
    for (InetSocketAddress address : addresses) {
      long startMillis = HEAD_START_MILLIS * attempts.size();
      attempts.add(
          () -> {
            Thread.sleep(startMillis);
            try (Socket socket = new Socket()) {
              socket.connect(address, Math.toIntExact(timeout.toMillis()));
            }
            return address;
          });
    }
    try {
      return threads.invokeAny(attempts);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SocketTimeoutException) {
        throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
      }
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IllegalStateException("connecting fails with an IOException", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** What came of the cases. */
  public static final class Outcome {

    private final List<Result> results;

    private Outcome(List<Result> results) {
      this.results = results;
    }

    /**
     * Whether the server conforms.
     *
     * @param strict whether every SHOULD counts like a MUST
     */
    public boolean conforms(boolean strict) {
      return results.stream().noneMatch(result -> result.counts(strict));
    }

    /**
     * Prints a report.
     *
     * @param out where to
     * @param unicode whether it can show more than ASCII
     * @param strict whether every SHOULD counts like a MUST
     */
    public void print(PrintWriter out, boolean unicode, boolean strict) {
      new Report(out, unicode).results(results, strict);
    }

    /**
     * Gives the report for build servers, XML in UTF-8.
     *
     * @param strict whether every SHOULD counts like a MUST
     */
    public String junit(boolean strict) {
      return JunitReport.of(results, strict);
    }
  }
}
