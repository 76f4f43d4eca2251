package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.bench.BenchPlan.Pace;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LedgerTest {

  private static final long START = 5_000_000_000L;

  private static long micros(long micros) {
    return TimeUnit.MICROSECONDS.toNanos(micros);
  }

  @Test
  void latencyCountsFromWhenAMessageWasSent() {
    Ledger ledger = new Ledger(new Pace.InFlight(2), 1);
    ledger.begin(START, true);
    ledger.recordSent(2, START + micros(10));
    ledger.arrived(0, START + micros(60));
    ledger.recordSent(1, START + micros(60));
    ledger.arrived(1, START + micros(110));
    ledger.arrived(2, START + micros(110));

    assertThat(ledger.latencies().count()).isEqualTo(3);
    assertThat(ledger.latencies().p50()).isBetween(micros(50), micros(51));
    assertThat(ledger.latencies().max()).isBetween(micros(100), micros(101));
  }

  /** The server delayed the sender for a second, so all three messages that waited were late. */
  @Test
  void atAFixedRateLatencyCountsFromWhenAMessageWasDue() {
    Ledger ledger = new Ledger(new Pace.Rate(1_000), 1);
    ledger.begin(START, true);
    assertThat(ledger.due(START)).isEqualTo(1);
    assertThat(ledger.due(START + micros(2_500))).isEqualTo(3);
    long late = START + micros(1_000_000);
    ledger.recordSent(3, late);
    for (int number = 0; number < 3; number++) {
      assertThat(ledger.dueNanos(number)).isEqualTo(START + micros(number * 1_000L));
      ledger.arrived(number, late);
    }

    assertThat(ledger.latencies().p50()).isBetween(micros(999_000), micros(1_000_000));
    assertThat(ledger.latencies().max()).isBetween(micros(1_000_000), micros(1_001_000));
  }

  @Test
  void detectsWhetherTheRateWasKept() {
    Ledger ledger = new Ledger(new Pace.Rate(1_000), 1);
    ledger.begin(START, true);
    ledger.recordSent(1_000, START);
    ledger.end(START + micros(1_015_000));
    assertThat(ledger.onTime()).as("15 of 1,000 more were due").isTrue();
    ledger.end(START + micros(1_025_000));
    assertThat(ledger.onTime()).as("25 of 1,000 more were due").isFalse();

    ledger.begin(START, true);
    ledger.recordSent(3, START);
    ledger.end(START + micros(9_000));
    assertThat(ledger.onTime()).as("behind, for less than 10 ms").isTrue();
  }

  @Test
  void warmUpIsNotMeasured() {
    Ledger ledger = new Ledger(new Pace.InFlight(4), 1);
    ledger.begin(START, false);
    ledger.recordSent(2, START);
    ledger.arrived(0, START + micros(50));
    ledger.begin(START, true);
    ledger.recordSent(1, START);
    ledger.arrived(1, START + micros(50));
    assertThat(ledger.latencies().count()).isZero();
    ledger.arrived(2, START + micros(50));

    assertThat(ledger.latencies().count()).isEqualTo(1);
    assertThat(ledger.firstOfPhase()).isEqualTo(2);
  }

  @Test
  void rememberTheOldestOfEachSenderWhenOneOfThemIsHeldUp() {
    Ledger ledger = new Ledger(new Pace.InFlight(3), 2);
    ledger.begin(START, true);
    for (int number = 0; number < 6; number++) {
      ledger.recordSent(1, START + micros(number * 100L));
    }
    ledger.arrived(0, START + micros(700));

    assertThat(ledger.latencies().max()).isBetween(micros(700), micros(701));
  }
}
