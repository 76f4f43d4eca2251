package io.chatroom.server.front;

import java.time.Duration;

/**
 * A rate limit: a number of actions at once, and then a number per second. It refuses nothing, but
 * tells how long to wait. Its only state is the time at which it will be full again. Times are
 * nanoseconds of one clock.
 */
public final class TokenBucket {

  private final long intervalNanos;

  /**
   * How long before it is full a first token is available: all but one of them are missing then.
   */
  private final long oneLeftNanos;

  private long fullAt;

  /**
   * @param perSecond how many tokens come back in a second; at least 1
   * @param size how many there are in a full bucket; at least 1
   * @param now the time at which it is full
   */
  TokenBucket(int perSecond, int size, long now) {
    this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.oneLeftNanos = intervalNanos * (size - 1L);
    this.fullAt = now;
  }

  /**
   * Takes a token.
   *
   * @return how long to wait before the next may be taken; 0 or less is not at all
   */
  public long take(long now) {
    if (fullAt - now < 0) {
      fullAt = now;
    }
    fullAt += intervalNanos;
    return fullAt - now - oneLeftNanos;
  }
}
