package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A fair lock that lets one case act at a time. A case that only waits, such as for a connection to
 * close, releases it meanwhile. So cases do not disturb each other, blame falls on the case that
 * acted, and thirty cases that each wait ten seconds take ten seconds in all.
 */
public final class Turn {

  private final Semaphore free = new Semaphore(1, true);

  public void take() throws InterruptedException {
    free.acquire();
  }

  public boolean take(Duration timeout) throws InterruptedException {
    return free.tryAcquire(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
  }

  public void release() {
    free.release();
  }
}
