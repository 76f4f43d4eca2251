package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.bench.BenchPlan.Pace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Two senders, 0 and 1, which send even and odd numbers; the checker is receiver 2. */
class CheckerTest {

  private static final int SAID = 10;
  private static final Goal ALL = new Goal(SAID, 0);

  private final Script script = new Script("babc", 2, 12);
  private final Ledger ledger = new Ledger(new Pace.InFlight(SAID), 2);
  private final Checker checker = new Checker(script, ledger, 2);

  CheckerTest() {
    ledger.begin(0, true);
    ledger.recordSent(SAID, 0);
  }

  private static void receive(Checker checker, String name, String text) {
    ByteBuf pair = Unpooled.copiedBuffer(name + text, StandardCharsets.UTF_8);
    checker.message(pair, 0, name.length(), name.length(), text.length(), 1_000_000);
  }

  private static void receive(Checker checker, int... numbers) {
    for (int number : numbers) {
      receive(checker, "babc00000" + number % 2, String.format("M%010dx", number));
    }
  }

  @Test
  void findsNoFaultIfThereIsNone() {
    receive(checker, 0, 1, 2, 3, 5, 4, 6, 7, 8, 9);

    assertThat(checker.complete(ALL)).isTrue();
    assertThat(checker.faults(ALL)).isEqualTo(Faults.NONE);
    assertThat(checker.passed()).isEqualTo(SAID);
    assertThat(ledger.latencies().count()).isEqualTo(SAID);
    assertThat(ledger.latencies().max()).isBetween(1_000_000L, 1_001_000L);
  }

  @Test
  void waitsForWhatMayStillCome() {
    receive(checker, 0, 1, 2, 3, 5, 4, 6, 7, 8);

    assertThat(checker.complete(ALL)).isFalse();
    assertThat(checker.faults(ALL).lost()).isEqualTo(1);
  }

  @Test
  void findsALossAndDoesNotWaitForWhatWasOvertaken() {
    receive(checker, 0, 1, 3, 5, 6, 7, 8, 9);

    assertThat(checker.complete(ALL)).isTrue();
    assertThat(checker.passed()).isEqualTo(SAID);
    assertThat(checker.faults(ALL)).isEqualTo(new Faults(2, 0, 0, 0, 0, 0));
  }

  @Test
  void findsARepetition() {
    receive(checker, 0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9);

    assertThat(checker.faults(ALL)).isEqualTo(new Faults(0, 1, 1, 0, 0, 0));
  }

  @Test
  void findsTwoMessagesOfOneSenderSwapped() {
    receive(checker, 0, 1, 4, 3, 2, 5, 6, 7, 8, 9);

    assertThat(checker.faults(ALL)).isEqualTo(new Faults(0, 0, 1, 0, 0, 0));
  }

  @Test
  void findsMessagesThatNobodySent() {
    receive(checker, 0, 1, 2, 3, 4, 5, 6, 7, 8);
    receive(checker, "babc000001", "M0000000009y");
    assertThat(checker.faults(ALL)).as("altered").isEqualTo(new Faults(0, 0, 0, 1, 0, 0));
    receive(checker, "babc000000", "M0000000009x");
    assertThat(checker.faults(ALL).wrong()).as("in another's name").isEqualTo(2);
    receive(checker, "babc000001", "M0000000011x");
    assertThat(checker.faults(ALL).wrong()).as("not said yet").isEqualTo(3);
    receive(checker, "babc000000", "P0000000000x");
    assertThat(checker.faults(ALL).wrong()).as("a late probe").isEqualTo(4);
  }

  @Test
  void findsThatASenderReceivesItsOwnMessage() {
    Checker sender = new Checker(script, ledger, 1);
    receive(sender, 0, 2, 4, 5, 6, 8);

    assertThat(sender.complete(ALL)).isTrue();
    assertThat(sender.faults(ALL)).isEqualTo(new Faults(0, 0, 0, 0, 1, 0));
    assertThat(ledger.latencies().count()).as("latencies of receivers only").isZero();
  }

  @Test
  void distinguishesOrders() {
    Checker same = new Checker(script, ledger, 3);
    Checker other = new Checker(script, ledger, 4);
    receive(checker, 0, 1, 2, 3);
    receive(same, 0, 1, 2, 3);
    receive(other, 0, 2, 1, 3);

    assertThat(same.orderHash()).isEqualTo(checker.orderHash());
    assertThat(other.orderHash()).isNotEqualTo(checker.orderHash());
  }

  @Test
  void countsBytesOfStrangersBetweenOurMessages() {
    receive(checker, 0, 1, 2);
    receive(checker, "alice", "hello");
    receive(checker, 3, 4, 5, 6, 7, 8, 9);
    receive(checker, "alice", "who are you?");

    assertThat(checker.faults(ALL)).isEqualTo(Faults.NONE);
    assertThat(checker.strangers()).isEqualTo(2);
    assertThat(checker.strangerBytes()).isEqualTo(30);
  }
}
