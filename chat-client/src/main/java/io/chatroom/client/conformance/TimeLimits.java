package io.chatroom.client.conformance;

import java.time.Duration;

/**
 * Time limits of the kit, and how long it keeps a room busy.
 *
 * @param timeout for anything that the server must do at once, such as relay a message or close a
 *     connection
 * @param registrationMust the longest time to register that P-12 allows
 * @param registrationShould the longest time to register that P-12 recommends
 * @param wholeRun for a whole run; cases not judged by then are reported as not run
 * @param talk how long a room is kept busy, and how long to read from a server that delays messages
 * @param minTolerance the least tolerance for a time limit of the server's own
 */
public record TimeLimits(
    Duration timeout,
    Duration registrationMust,
    Duration registrationShould,
    Duration wholeRun,
    Duration talk,
    Duration minTolerance) {

  /** The usual tolerance: how late a correct server and the kit itself may be. */
  public static final Duration MIN_TOLERANCE = Duration.ofMillis(500);

  private static final Duration RUN = Duration.ofSeconds(100);

  /** Returns the protocol's times, with a timeout and a talk time that the user chose. */
  public static TimeLimits ofProtocol(Duration timeout, Duration talk) {
    Duration forSlowServers = timeout.multipliedBy(11);
    Duration run = forSlowServers.compareTo(RUN) > 0 ? forSlowServers : RUN;
    return new TimeLimits(
        timeout,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        run.plus(talk),
        talk,
        MIN_TOLERANCE);
  }

  /**
   * Returns the limit plus a tolerance for the network and a busy machine: a tenth of it, and at
   * least {@code minTolerance}.
   */
  public Duration withTolerance(Duration limit) {
    return limit.plusMillis(Math.max(minTolerance.toMillis(), limit.toMillis() / 10));
  }
}
