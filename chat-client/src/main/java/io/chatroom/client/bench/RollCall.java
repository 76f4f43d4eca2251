package io.chatroom.client.bench;

import java.util.concurrent.CountDownLatch;

/**
 * Counts the members in the room. The protocol does not confirm a registration, so a member counts
 * once it has received a message.
 *
 * <p>Thread-safe.
 */
final class RollCall {

  private final CountDownLatch present;
  private final CountDownLatch started;

  /**
   * @param listeners how many members must receive the probes
   */
  RollCall(int listeners) {
    present = new CountDownLatch(listeners);
    started = new CountDownLatch(listeners);
  }

  /** One more member has received a probe. */
  void receivedProbe() {
    present.countDown();
  }

  /** One more member has received the start mark, and counts. */
  void receivedStart() {
    started.countDown();
  }

  /** Returns a latch that reaches zero when all members are in the room. */
  CountDownLatch present() {
    return present;
  }

  /** Returns a latch that reaches zero when all members count. */
  CountDownLatch started() {
    return started;
  }
}
