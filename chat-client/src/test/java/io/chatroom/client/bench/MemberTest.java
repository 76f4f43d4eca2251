package io.chatroom.client.bench;

import static io.chatroom.client.Peer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.bench.BenchPlan.Pace;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberTest {

  private static final String SENDER = frame("babc000000");
  private static final String PROBE = SENDER + frame("P0000000000x");
  private static final String START = SENDER + frame("S0000000000x");
  private static final String MESSAGE = SENDER + frame("M0000000000x");

  private final Script script = new Script("babc", 1, 12);
  private final Ledger ledger = new Ledger(new Pace.InFlight(1), 1);
  private final RollCall rollCall = new RollCall(1);
  private final List<Throwable> ends = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Shard shard = new Shard(channel.eventLoop());
  private int changes;

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    shard.readBuffer.close();
  }

  private <T extends Tally> T member(T tally) {
    channel
        .pipeline()
        .addLast(new Member(script, rollCall, tally, shard, () -> changes++, ends::add));
    return tally;
  }

  private void read(String bytes) {
    ByteBuf in = Unpooled.copiedBuffer(bytes, StandardCharsets.UTF_8);
    channel.writeInbound(in);
    assertThat(in.refCnt()).isZero();
  }

  @Test
  void isPresentWithTheFirstProbeAndCountsAfterTheStart() {
    ByteCounter counter = member(new ByteCounter(script));
    read(frame("alice") + frame("anybody here?"));
    assertThat(rollCall.present().getCount()).isEqualTo(1);
    read(PROBE + PROBE);
    assertThat(rollCall.present().getCount()).isZero();
    assertThat(rollCall.started().getCount()).isEqualTo(1);
    read(PROBE + START + MESSAGE);
    assertThat(rollCall.started().getCount()).isZero();
    read(MESSAGE);

    assertThat(counter.received(new Goal(9, 0))).isEqualTo(2);
  }

  @Test
  void startMarkIsAProbeToo() {
    member(new ByteCounter(script));
    read(START);

    assertThat(rollCall.present().getCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 42, 43})
  void countsEveryByteHoweverTheStreamIsSplit(int pieceBytes) {
    ByteCounter counter = member(new ByteCounter(script));
    String stream = PROBE + START + MESSAGE.repeat(10);
    for (int i = 0; i < stream.length(); i += pieceBytes) {
      read(stream.substring(i, Math.min(stream.length(), i + pieceBytes)));
    }

    assertThat(counter.complete(new Goal(10, 0))).isTrue();
    assertThat(counter.faults(new Goal(10, 0))).isEqualTo(Faults.NONE);
    assertThat(shard.standing(new Goal(10, 0)).bytes()).isEqualTo(stream.length());
  }

  @Test
  void checkerSeesEachMessageAndPacerIsWokenOnceForEachRead() {
    Checker checker = member(new Checker(script, ledger, 1));
    ledger.recordSent(2, 0);
    changes = 0;
    read(START + MESSAGE + SENDER + frame("M0000000001x"));

    assertThat(checker.passed()).isEqualTo(2);
    assertThat(changes).isEqualTo(1);
  }

  @Test
  void reportsThatTheServerClosed() {
    member(new ByteCounter(script));
    channel.close();

    assertThat(ends.get(0))
        .isInstanceOf(IOException.class)
        .hasMessage("closed the connection of a member");
  }

  @Test
  void reportsThatTheServerHasAnotherProtocol() {
    member(new ByteCounter(script));
    read("220 mail.example.org ESMTP");

    assertThat(ends.get(0))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("does not speak the chat protocol: it sent \"220 mail.e\"");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void defectOfTheBenchIsNotBlamedOnTheServer() {
    member(new ByteCounter(script));
    IllegalStateException defect = new IllegalStateException("test");
    channel.pipeline().fireExceptionCaught(defect);

    assertThat(ends.get(0)).isSameAs(defect);
  }
}
