package io.chatroom.client.conformance;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a case needs to build its stage.
 *
 * @param server the server to judge
 * @param tag marks what belongs to the case
 * @param terms how long to wait
 * @param patience how many times the usual timeout its waits may take
 * @param floor who else plays
 * @param watchdog ends writes that take too long
 */
public record Setting(
    InetSocketAddress server,
    Tag tag,
    Terms terms,
    int patience,
    Floor floor,
    ScheduledExecutorService watchdog) {

  /** For anything that the server owes at once. */
  public Duration timeout() {
    return terms.timeout().multipliedBy(patience);
  }
}
