package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AllowanceTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // the clock wraps around
  private final Allowance allowance = new Allowance(3, Duration.ofSeconds(30), now::get);

  @Test
  void allowsABurstAndThenReturnsTheWait() {
    assertThat(allowance.take("a")).isZero();
    assertThat(allowance.take("a")).isZero();
    assertThat(allowance.take("a")).isZero();
    assertThat(allowance.take("a")).isEqualTo(10_000);
    assertThat(allowance.take("a")).as("asking costs nothing").isEqualTo(10_000);
    assertThat(allowance.take("b")).isZero();

    now.addAndGet(Duration.ofMillis(9_999).toNanos() + 1);
    assertThat(allowance.waitMillis("a")).as("rounded up").isEqualTo(1);
    now.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(allowance.take("a")).isZero();
    assertThat(allowance.take("a")).isPositive();
  }

  @Test
  void remembersABoundedNumberOfTheMostRecentKeys() {
    for (int i = 0; i < 3; i++) {
      allowance.take("busy");
      allowance.take("idle");
    }
    for (int i = 0; i < 30_000; i++) {
      allowance.take(i);
      assertThat(allowance.take("busy")).isPositive();
    }

    assertThat(allowance.take("idle")).as("forgotten").isZero();
  }
}
