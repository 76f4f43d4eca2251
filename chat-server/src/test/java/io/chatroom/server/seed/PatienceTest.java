package io.chatroom.server.seed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PatienceTest {

  private static final long START = Long.MAX_VALUE - 5; // nanoseconds can overflow

  private static final long END = START + Duration.ofSeconds(2).toNanos();

  private static final Duration FOR_ONE = Duration.ofMillis(250);

  private final Patience patience = new Patience(FOR_ONE, START);

  @Test
  void waitsForOneMemberAQuarterOfASecond() {
    assertThat(grant(true, START)).isEqualTo(FOR_ONE.toNanos());
    assertThat(grant(false, START)).isEqualTo(FOR_ONE.toNanos());
  }

  @Test
  void paysForWaitsInVainUntilTheBudgetIsEmpty() {
    assertThat(waitInVain(100, true)).isBetween(Duration.ofMillis(1_000), Duration.ofMillis(1_060));
    assertThat(waitInVain(100, false)).isBetween(Duration.ofMillis(500), Duration.ofMillis(560));
  }

  private static Duration waitInVain(int members, boolean read) {
    Patience patience = new Patience(FOR_ONE, START);
    long now = START;
    for (int member = 0; member < members; member++) {
      long granted = patience.grantNanos(read, false, now);
      patience.pay(read, now, now + granted);
      now += granted;
    }
    return Duration.ofNanos(now - START);
  }

  @Test
  void readersHaveABudgetOfTheirOwn() {
    patience.pay(false, START, END);

    assertThat(grant(false, END)).isZero();
    assertThat(grant(true, END)).isEqualTo(FOR_ONE.toNanos());

    patience.pay(true, START, END);

    assertThat(grant(true, END)).isZero();
  }

  @Test
  void waitsALittleForAMemberThatIsReading() {
    patience.pay(false, START, END);

    assertThat(patience.grantNanos(false, true, END)).isEqualTo(Patience.LEAST.toNanos());
    assertThat(patience.extendNanos(0)).isEqualTo(Patience.LEAST.toNanos());
    assertThat(patience.extendNanos(FOR_ONE.toNanos() - 7)).isEqualTo(7);
    assertThat(patience.extendNanos(FOR_ONE.toNanos())).isZero();
  }

  @Test
  void paysOnceForSimultaneousWaits() {
    for (int member = 0; member < 100; member++) {
      patience.pay(false, START, START + FOR_ONE.toNanos());
    }

    assertThat(grant(false, START + FOR_ONE.toNanos())).isEqualTo(FOR_ONE.toNanos());
  }

  @Test
  void budgetGrowsBackSlowly() {
    patience.pay(true, START, END);

    assertThat(grant(true, END + Duration.ofSeconds(2).toNanos()))
        .isEqualTo(Duration.ofMillis(100).toNanos());
    assertThat(grant(true, END + Duration.ofHours(1).toNanos())).isEqualTo(FOR_ONE.toNanos());
  }

  @Test
  void zeroPatienceNeverWaits() {
    Patience none = new Patience(Duration.ZERO, START);

    assertThat(none.grantNanos(true, true, START)).isZero();
  }

  private long grant(boolean reads, long now) {
    return patience.grantNanos(reads, false, now);
  }
}
