package io.chatroom.client.conformance;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The kit as others see it: some cases, to be listed or to be held against a server.
 *
 * <p>What it owes: with the default times the verdict comes within two minutes, whatever the server
 * does; every connection it opened is closed afterwards; and a server that deserves to be usable
 * still is.
 */
public final class ConformanceKit {

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
    return new ConformanceKit(ids.isEmpty() ? Cases.all() : Cases.only(ids));
  }

  /** Prints what the cases require. */
  public void list(PrintWriter out) {
    new Report(out, false).list(cases);
    out.flush();
  }

  /**
   * Holds the cases against a server.
   *
   * @param server the server
   * @param timeout how long to wait for anything that the server owes at once
   * @param talk how long to keep the room talking, to find what breaks with time
   * @param progress is told the id of each case that begins, from any thread
   * @return what came of it
   * @throws IOException if the server cannot be reached; the message says why, without the address
   * @throws InterruptedException if the calling thread is interrupted
   */
  public Outcome judge(
      InetSocketAddress server, Duration timeout, Duration talk, Consumer<String> progress)
      throws IOException, InterruptedException {
    try (Socket socket = new Socket()) {
      socket.connect(server, Math.toIntExact(timeout.toMillis()));
    } catch (SocketTimeoutException e) {
      throw new IOException("no answer within " + timeout.toSeconds() + " s", e);
    }
    Runner runner =
        new Runner(server, Terms.ofProtocol(timeout, talk), next -> progress.accept(next.id()));
    return new Outcome(runner.run(cases));
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
     * Writes a report for build servers.
     *
     * @param file what to write or overwrite
     * @param strict whether every SHOULD counts like a MUST
     */
    public void writeJunit(Path file, boolean strict) throws IOException {
      JunitReport.write(file, results, strict);
    }
  }
}
