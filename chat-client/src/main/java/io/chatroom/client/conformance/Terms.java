package io.chatroom.client.conformance;

import java.time.Duration;

/**
 * How long the kit waits for what.
 *
 * @param timeout for anything the server owes at once: a message, a closed connection
 * @param registrationMust what P-12 allows at most for a registration
 * @param registrationShould what it recommends
 * @param wholeRun after which a run gives up what it has not judged yet
 */
record Terms(
    Duration timeout, Duration registrationMust, Duration registrationShould, Duration wholeRun) {

  private static final Duration RUN = Duration.ofSeconds(57);

  /** The protocol's times, and a timeout that is the user's choice. */
  static Terms ofProtocol(Duration timeout) {
    Duration forSlowServers = timeout.multipliedBy(11);
    return new Terms(
        timeout,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10),
        forSlowServers.compareTo(RUN) > 0 ? forSlowServers : RUN);
  }

  /** What the network and a busy machine may add to a time that is measured from outside. */
  Duration withGrace(Duration limit) {
    return limit.plusMillis(Math.max(500, limit.toMillis() / 10));
  }
}
