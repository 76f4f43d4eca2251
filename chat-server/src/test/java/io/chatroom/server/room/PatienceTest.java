package io.chatroom.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final long START = Long.MAX_VALUE - 5; // nanoseconds may overflow

  private static final Duration FOR_ONE = Duration.ofMillis(250);

  private final Patience patience = new Patience(FOR_ONE, START);

  @Test
  void waitsForOneMemberAQuarterOfASecond() {
    assertThat(patience.grantNanos(START)).isEqualTo(FOR_ONE.toNanos());
  }

  @Test
  void paysForWaitsInVainUntilLittleIsLeft() {
    long now = START;
    long waited = 0;
    for (int member = 0; member < 100; member++) {
      long granted = patience.grantNanos(now);
      patience.pay(now, now + granted);
      now += granted;
      waited += granted;
    }

    assertThat(patience.grantNanos(now)).isEqualTo(Patience.LEAST.toNanos());
    assertThat(Duration.ofNanos(waited)).isLessThan(Duration.ofMillis(2_200));
  }

  @Test
  void paysOnceForMembersThatWereWaitedForTogether() {
    long end = START + FOR_ONE.toNanos();
    for (int member = 0; member < 100; member++) {
      patience.pay(START, end);
    }

    assertThat(patience.grantNanos(end)).isEqualTo(FOR_ONE.toNanos());
  }

  @Test
  void growsBackSlowly() {
    patience.pay(START, START + Duration.ofSeconds(2).toNanos());
    long empty = START + Duration.ofSeconds(2).toNanos();
    assertThat(patience.grantNanos(empty)).isEqualTo(Patience.LEAST.toNanos());

    assertThat(patience.grantNanos(empty + Duration.ofSeconds(2).toNanos()))
        .isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(patience.grantNanos(empty + Duration.ofHours(1).toNanos()))
        .isEqualTo(FOR_ONE.toNanos());
  }
}
