package io.chatroom.client.conformance;

import java.time.Duration;

/**
 * How long the kit waits for what, and how long it talks.
 *
 * @param timeout for anything the server owes at once: a message, a closed connection
 * @param registrationMust what P-12 allows at most for a registration
 * @param registrationShould what it recommends
 * @param wholeRun after which a run gives up what it has not judged yet
 * @param talk how long a room is kept talking, and how long a server that delays is listened to
 * @param leastGrace what is added at least to a time that is measured from outside
 */
public record Terms(
    Duration timeout,
    Duration registrationMust,
    Duration registrationShould,
    Duration wholeRun,
    Duration talk,
    Duration leastGrace) {

  /** What a right server and its judge are late at times. */
  public static final Duration LEAST_GRACE = Duration.ofMillis(500);

  private static final Duration RUN = Duration.ofSeconds(100);

  /** The protocol's times, and two that are the user's choice. */
  public static Terms ofProtocol(Duration timeout, Duration talk) {
    Duration forSlowServers = timeout.multipliedBy(11);
    Duration run = forSlowServers.compareTo(RUN) > 0 ? forSlowServers : RUN;
    return new Terms(
        timeout, Duration.ofSeconds(30), Duration.ofSeconds(10), run.plus(talk), talk, LEAST_GRACE);
  }

  /** What the network and a busy machine may add to a time that is measured from outside. */
  public Duration withGrace(Duration limit) {
    return limit.plusMillis(Math.max(leastGrace.toMillis(), limit.toMillis() / 10));
  }
}
