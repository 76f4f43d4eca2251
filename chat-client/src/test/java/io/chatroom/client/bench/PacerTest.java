package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two senders; the tests tell the receivers which of the written messages they have received. */
class PacerTest {

  private static final Amount FOREVER = new Amount.Time(Duration.ofHours(1));

  private final Script script = new Script("babc", 2, 11);
  private final EmbeddedChannel[] senders = {new EmbeddedChannel(), new EmbeddedChannel()};

  @AfterEach
  void close() {
    for (EmbeddedChannel sender : senders) {
      sender.finishAndReleaseAll();
    }
  }

  private Ledger ledger = new Ledger(new Pace.InFlight(1), 2);

  private Pacer pacer(Pace pace) {
    ledger = new Ledger(pace, 2);
    Pacer pacer = new Pacer(senders[0].eventLoop(), script, ledger, pace);
    pacer.setSender(0, senders[0]);
    pacer.setSender(1, senders[1]);
    return pacer;
  }

  private Checker receiver(Pacer pacer, int number) {
    Checker receiver = new Checker(script, ledger, number);
    pacer.addReceiver(receiver);
    return receiver;
  }

  private static void receive(Checker receiver, long from, long to) {
    for (long number = from; number < to; number++) {
      String pair = "babc00000" + number % 2 + String.format("M%010d", number);
      receiver.message(Unpooled.copiedBuffer(pair, StandardCharsets.UTF_8), 0, 10, 10, 11, 0);
    }
  }

  /** Returns the numbers of the messages that a sender has sent since the last call. */
  private List<Long> said(int sender) {
    senders[0].runPendingTasks();
    List<Long> numbers = new ArrayList<>();
    for (ByteBuf out = senders[sender].readOutbound();
        out != null;
        out = senders[sender].readOutbound()) {
      while (out.isReadable()) {
        numbers.add(script.number(out, out.readerIndex() + 10, 11, Script.MESSAGE));
        out.skipBytes(script.frameBytes());
      }
      out.release();
    }
    return numbers;
  }

  @Test
  void sendsNoMoreThanTheWindowAheadOfTheSlowestReceiver() {
    Pacer pacer = pacer(new Pace.InFlight(4));
    Checker quick = receiver(pacer, 2);
    Checker slow = receiver(pacer, 3);
    pacer.begin(FOREVER, true);
    assertThat(said(0)).containsExactly(0L, 2L);
    assertThat(said(1)).containsExactly(1L, 3L);

    receive(quick, 0, 4);
    pacer.wake();
    assertThat(said(0)).isEmpty();
    receive(slow, 0, 3);
    pacer.wake();

    assertThat(said(0)).containsExactly(4L, 6L);
    assertThat(said(1)).containsExactly(5L);
  }

  @Test
  void lostMessagesDoNotHoldUpOthers() {
    Pacer pacer = pacer(new Pace.InFlight(4));
    Checker receiver = receiver(pacer, 2);
    pacer.begin(FOREVER, true);
    assertThat(said(0)).hasSize(2);
    receive(receiver, 2, 4);
    pacer.wake();

    assertThat(said(0)).containsExactly(4L, 6L);
  }

  @Test
  void endsWithTheLastMessage() {
    Pacer pacer = pacer(new Pace.InFlight(4));
    Checker receiver = receiver(pacer, 2);
    Pacer.Phase phase = pacer.begin(new Amount.Messages(5), true);
    assertThat(said(0)).hasSize(2);
    assertThat(phase.ended().getCount()).isEqualTo(1);
    receive(receiver, 0, 4);
    pacer.wake();

    assertThat(said(0)).containsExactly(4L);
    assertThat(phase.ended().getCount()).isZero();
    assertThat(ledger.sent()).isEqualTo(5);
  }

  @Test
  void secondPhaseContinuesTheNumbers() {
    Pacer pacer = pacer(new Pace.InFlight(4));
    Checker receiver = receiver(pacer, 2);
    pacer.begin(new Amount.Messages(3), false);
    assertThat(said(0)).containsExactly(0L, 2L);
    receive(receiver, 0, 3);
    pacer.begin(new Amount.Messages(3), true);

    assertThat(said(0)).containsExactly(4L);
    assertThat(said(1)).containsExactly(1L, 3L, 5L);
  }

  @Test
  void fixedRateSendsWhatIsDueRegardlessOfDeliveries() {
    Pacer pacer = pacer(new Pace.Rate(1_000_000));
    receiver(pacer, 2);
    Pacer.Phase phase = pacer.begin(new Amount.Messages(1_000), true);
    List<Long> all = new ArrayList<>();
    while (phase.ended().getCount() > 0) {
      senders[0].runScheduledPendingTasks();
      all.addAll(said(0));
    }
    all.addAll(said(0));

    assertThat(all).hasSize(500).isSorted().startsWith(0L).endsWith(998L);
    assertThat(said(1)).hasSize(500);
  }

  @Test
  void pausesWhileAConnectionIsNotWritable() {
    Pacer pacer = pacer(new Pace.InFlight(10_000));
    receiver(pacer, 2);
    senders[1].unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    pacer.begin(FOREVER, true);
    assertThat(said(0)).isEmpty();
    senders[1].unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    pacer.wake();

    assertThat(said(0)).hasSize(5_000);
  }
}
