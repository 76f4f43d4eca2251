package io.chatroom.client.conformance;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Everything a case needs to create its stage.
 *
 * @param server the server to judge
 * @param tag identifies the members and messages of the case
 * @param limits the time limits
 * @param patience factor by which its waits may exceed the usual timeout
 * @param turn lets one case act at a time
 * @param watchdog closes connections whose writes take too long
 */
public record Setting(
    InetSocketAddress server,
    Tag tag,
    TimeLimits limits,
    int patience,
    Turn turn,
    ScheduledExecutorService watchdog) {

  /** Returns the time limit for anything that the server must do at once. */
  public Duration timeout() {
    return limits.timeout().multipliedBy(patience);
  }
}
