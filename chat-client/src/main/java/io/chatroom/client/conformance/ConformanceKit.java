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
 * Entry point of the kit: a selection of cases, to be listed or run against a server.
 *
 * <p>With the default times a run ends within two minutes, whatever the server does. Afterwards
 * every connection that it opened is closed, and a correct server is still usable.
 */
public final class ConformanceKit {

  private static final long HEAD_START_MILLIS = 250;

  private final List<Case> cases;

  private ConformanceKit(List<Case> cases) {
    this.cases = cases;
  }

  /**
   * Creates a kit of cases for PROTOCOL.md.
   *
   * @param ids ids of cases, or their first parts; an empty list means all cases
   * @throws IllegalArgumentException if an id matches no case; the message is one sentence
   */
  public static ConformanceKit of(List<String> ids) {
    return of(Cases.all(), ids);
  }

  /**
   * Creates a kit of some of these cases.
   *
   * @param ids ids of cases, or their first parts; an empty list means all cases
   * @throws IllegalArgumentException if an id matches no case; the message is one sentence
   */
  public static ConformanceKit of(List<Case> all, List<String> ids) {
    return new ConformanceKit(ids.isEmpty() ? all : Cases.only(all, ids));
  }

  /** Prints the cases with their requirements. */
  public void list(PrintWriter out) {
    new Report(out, false).list(cases);
    out.flush();
  }

  /**
   * Runs the cases against a server.
   *
   * @param server the address of a server that accepts connections
   * @param timeout how long to wait for anything that the server must do at once
   * @param talk how long to keep the room busy, to find servers that break with time
   * @param progress called with the id of each case as it begins, from any thread
   * @return the results
   * @throws InterruptedException if the calling thread is interrupted
   */
  public Outcome judge(
      InetSocketAddress server, Duration timeout, Duration talk, Consumer<String> progress)
      throws InterruptedException {
    Runner runner =
        new Runner(
            server, TimeLimits.ofProtocol(timeout, talk), next -> progress.accept(next.id()));
    return new Outcome(runner.run(cases));
  }

  /**
   * Returns the first address that accepts a connection. The attempts start 250 ms apart, so that
   * earlier addresses are preferred.
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
      throw new IllegalStateException(
          "connecting failed with something other than an IOException", e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** The results of a run. */
  public static final class Outcome {

    private final List<Result> results;

    private Outcome(List<Result> results) {
      this.results = results;
    }

    /**
     * Returns true if the server conforms.
     *
     * @param strict true if every SHOULD counts like a MUST
     */
    public boolean conforms(boolean strict) {
      return results.stream().noneMatch(result -> result.counts(strict));
    }

    /**
     * Prints a report.
     *
     * @param out where to print
     * @param unicode true if {@code out} can show more than ASCII
     * @param strict true if every SHOULD counts like a MUST
     */
    public void print(PrintWriter out, boolean unicode, boolean strict) {
      new Report(out, unicode).results(results, strict);
    }

    /**
     * Returns the report as JUnit XML for build servers; write it in UTF-8.
     *
     * @param strict true if every SHOULD counts like a MUST
     */
    public String junit(boolean strict) {
      return JunitReport.of(results, strict);
    }
  }
}
