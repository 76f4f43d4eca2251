package io.chatroom.client.conformance;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * One case at a time does something; who only waits for a connection to be closed steps aside
 * meanwhile. So cases do not disturb each other, blame falls on the one that acted, and thirty
 * cases that each wait ten seconds take ten seconds.
 */
public final class Floor {

  private final Semaphore free = new Semaphore(1, true);

  public void enter() throws InterruptedException {
    free.acquire();
  }

  public boolean enter(Duration timeout) throws InterruptedException {
    return free.tryAcquire(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
  }

  public void leave() {
    free.release();
  }
}
