package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenBucketTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  @Test
  void allowsAFullBucketAtOnceAndThenTheRate() {
    TokenBucket bucket = new TokenBucket(10, 5, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(bucket.take(0)).isNotPositive();
    }
    assertThat(bucket.take(0)).as("the fifth is the last").isEqualTo(SECOND / 10);
    for (int i = 1; i <= 1_000; i++) {
      assertThat(bucket.take(i * SECOND / 10)).isEqualTo(SECOND / 10);
    }
  }

  @Test
  void refillsUpToItsSize() {
    TokenBucket bucket = new TokenBucket(10, 5, 0);
    for (int i = 0; i < 5; i++) {
      bucket.take(0);
    }
    assertThat(bucket.take(3 * SECOND / 10)).as("one of three that are back").isNotPositive();
    bucket.take(3 * SECOND / 10);
    assertThat(bucket.take(3 * SECOND / 10)).isPositive();
    for (int i = 0; i < 4; i++) {
      assertThat(bucket.take(100 * SECOND)).isNotPositive();
    }
    assertThat(bucket.take(100 * SECOND)).isPositive();
  }

  @Test
  void aBucketOfOneAllowsOneAtATime() {
    TokenBucket bucket = new TokenBucket(2, 1, 0);

    assertThat(bucket.take(0)).isEqualTo(SECOND / 2);
    assertThat(bucket.take(SECOND / 2)).isEqualTo(SECOND / 2);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MAX_VALUE - 5, Long.MIN_VALUE, -1})
  void acceptsAnyStartOfTheClock(long start) {
    TokenBucket bucket = new TokenBucket(1_000_000, 2, start);

    assertThat(bucket.take(start)).isNotPositive();
    assertThat(bucket.take(start + 1)).isEqualTo(999);
  }
}
