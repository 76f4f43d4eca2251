package io.chatroom.server.front;

import java.time.Duration;

/**
 * A token bucket. It refuses nothing, but returns how long to wait. Its only state is the time at
 * which it will be full again. Times are nanoseconds of one clock.
 */
public final class TokenBucket {

  private final long intervalNanos;

  /** The time from one token to a full bucket. */
  private final long oneLeftNanos;

  private long fullAt;

  /**
   * @param perSecond the tokens added each second; at least 1
   * @param size the tokens of a full bucket; at least 1
   * @param now the present time; the bucket is full
   */
  TokenBucket(int perSecond, int size, long now) {
    this.intervalNanos = Duration.ofSeconds(1).toNanos() / perSecond;
    this.oneLeftNanos = intervalNanos * (size - 1L);
    this.fullAt = now;
  }

  /**
   * Takes a token.
   *
   * @return the time to wait before the next one may be taken; 0 or less for none
   */
  public long take(long now) {
    if (fullAt - now < 0) {
      fullAt = now;
    }
    fullAt += intervalNanos;
    return fullAt - now - oneLeftNanos;
  }
}
