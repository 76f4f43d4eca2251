package io.chatroom.server.front;

import java.time.Duration;

/**
 * How fast somebody may do something: so many times at once, and then so many times a second. It
 * refuses nothing but tells how long to wait. One number is all it keeps: the time at which it will
 * be full again. Times are nanoseconds of one clock.
 */
public final class TokenBucket {

  private final long intervalNanos;

  /** How long before it is full again there is a token to be had: all but one of them missing. */
  private final long oneLeftNanos;

  private long fullAt;

  /**
   * @param perSecond how many tokens come back in a second; at least 1
   * @param size how many there are in a full bucket; at least 1
   * @param now it is full at this time
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
