package io.chatroom.client.bench;

import java.util.concurrent.CountDownLatch;

/**
 * Counts who is in the room. The protocol confirms no registration, so a member shows that it is in
 * by hearing a message.
 *
 * <p>Thread-safe.
 */
final class RollCall {

  private final CountDownLatch present;
  private final CountDownLatch started;

  /**
   * @param listeners how many members have to hear the probes
   */
  RollCall(int listeners) {
    present = new CountDownLatch(listeners);
    started = new CountDownLatch(listeners);
  }

  /** One more has heard a probe. */
  void heardProbe() {
    present.countDown();
  }

  /** One more has heard the start mark, and counts. */
  void heardStart() {
    started.countDown();
  }

  /** Reaches zero when all members are in the room. */
  CountDownLatch present() {
    return present;
  }

  /** Reaches zero when all members count. */
  CountDownLatch started() {
    return started;
  }
}
