package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.ServerAddress;
import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import io.chatroom.client.bench.BenchPlan.Sessions;
import io.chatroom.client.bench.FaultySessions.Distortion;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Members 0 and 1 send, 2 and 4 are the sampled receivers, and the senders do not wait for 3 and 5.
 */
class SessionBenchTest {

  private static final int MESSAGES = 200;
  private static final long DELIVERIES = MESSAGES * 4 + MESSAGES;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The number of a message in the middle. */
  private static final long MIDDLE = 41 + 100;

  private static BenchResult run(ServerAddress server, Sessions carrier, Pace pace)
      throws Exception {
    BenchPlan plan =
        new BenchPlan(
            server,
            4,
            2,
            16,
            new Amount.Messages(MESSAGES),
            pace,
            Duration.ZERO,
            2,
            1,
            PATIENCE,
            null,
            carrier);
    return new Bench(plan, progress -> {}).run();
  }

  private static BenchResult run(Distortion distortion) throws Exception {
    try (FaultySessions room = new FaultySessions(distortion)) {
      return run(room.address(), Sessions.TCP, new Pace.InFlight(16));
    }
  }

  private static Distortion once(int victim, Distortion instead) {
    return (member, seq, object) ->
        member == victim && seq == MIDDLE
            ? instead.deliver(member, seq, object)
            : Distortion.NONE.deliver(member, seq, object);
  }

  private static ChatServer server() throws IOException {
    return ChatServer.start(
        ServerConfig.of(
            Map.of("host", "127.0.0.1", "port", "0", "admin", "off", "messagesPerSecond", "0")));
  }

  private static ServerAddress address(ChatServer server) {
    return new ServerAddress("127.0.0.1", server.address().getPort());
  }

  @ParameterizedTest
  @EnumSource
  void countsEveryDeliveryAndEveryAckOfAGoodServer(Sessions carrier) throws Exception {
    try (ChatServer server = server()) {
      BenchResult result = run(address(server), carrier, new Pace.InFlight(16));

      assertThat(result.faults()).isEqualTo(Faults.NONE);
      assertThat(result.messages()).isEqualTo(MESSAGES);
      assertThat(result.deliveries()).isEqualTo(DELIVERIES);
      assertThat(result.latencies().count()).isEqualTo(MESSAGES * 2);
      Latencies acks = Objects.requireNonNull(result.acks());
      assertThat(acks.count()).isEqualTo(MESSAGES);
      assertThat(acks.p50()).isPositive();
      assertThat(result.deliveryBytes()).isBetween(100, 200);
    }
  }

  @Test
  void countsEveryDeliveryAtAFixedRate() throws Exception {
    try (ChatServer server = server()) {
      BenchResult result = run(address(server), Sessions.WS, new Pace.Rate(10_000));

      assertThat(result.faults()).isEqualTo(Faults.NONE);
      assertThat(result.deliveries()).isEqualTo(DELIVERIES);
    }
  }

  @Test
  void correctServerHasNoFaults() throws Exception {
    assertThat(run(Distortion.NONE).faults()).isEqualTo(Faults.NONE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void findsALostSeqAtEachMember(int victim) throws Exception {
    BenchResult result = run(once(victim, (member, seq, object) -> List.of()));

    assertThat(result.faults()).isEqualTo(new Faults(1, 0, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void findsARepeatedSeq(int victim) throws Exception {
    BenchResult result = run(once(victim, (member, seq, object) -> List.of(object, object)));

    assertThat(result.faults()).isEqualTo(new Faults(0, 1, 0, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void findsTwoSwappedSeqs(int victim) throws Exception {
    List<FromServer> held = new ArrayList<>();
    Distortion swap =
        (member, seq, object) -> {
          if (member != victim || (seq != MIDDLE && seq != MIDDLE + 1)) {
            return Distortion.NONE.deliver(member, seq, object);
          }
          held.add(0, object);
          return seq == MIDDLE ? List.of() : held;
        };

    assertThat(run(swap).faults()).isEqualTo(new Faults(0, 0, 1, 0, 0, 0));
  }

  @Test
  void findsAnotherMessageAtTheSameSeq() throws Exception {
    List<FromServer.Message> held = new ArrayList<>(); // the first and the last of one sender
    AtomicBoolean swapped = new AtomicBoolean();
    Distortion swapTexts =
        (member, seq, object) -> {
          if (member != 5
              || seq < MIDDLE
              || swapped.get()
              || !(object instanceof FromServer.Message message)) {
            return List.of(object);
          }
          held.add(message);
          FromServer.Message first = held.get(0);
          if (held.size() == 1 || !message.from().equals(first.from())) {
            return List.of();
          }
          swapped.set(true);
          List<FromServer> all = new ArrayList<>(held);
          all.set(0, with(first, message.text()));
          all.set(all.size() - 1, with(message, first.text()));
          return all;
        };
    Faults faults = run(swapTexts).faults();

    assertThat(faults.otherOrder()).isEqualTo(1);
  }

  @Test
  void findsAnAlteredText() throws Exception {
    Distortion alter =
        (member, seq, object) ->
            List.of(
                object instanceof FromServer.Message message
                    ? with(message, String.valueOf(message.text()).replace("x", "y"))
                    : object);

    assertThat(run(once(3, alter)).faults()).isEqualTo(new Faults(0, 0, 0, 1, 0, 0));
  }

  @Test
  void findsAnOwnMessageInsteadOfAnAck() throws Exception {
    Distortion echo =
        (member, seq, object) ->
            object instanceof FromServer.Ack ack
                ? List.of(
                    new FromServer.Message(
                        ack.room(),
                        seq,
                        1,
                        "x",
                        false,
                        String.format("M%010dxxxxx", Long.parseLong(ack.id())),
                        null))
                : List.of(object);
    Distortion once =
        (member, seq, object) ->
            seq == MIDDLE ? echo.deliver(member, seq, object) : List.of(object);

    assertThat(run(once).faults()).isEqualTo(new Faults(0, 0, 0, 0, 1, 0));
  }

  @Test
  void reportsWhyTheServerRefuses() {
    Distortion refuse =
        (member, seq, object) -> List.of(FromServer.Bye.of(Code.KICKED, null, "No benches here."));

    assertThatThrownBy(() -> run(once(2, refuse)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended the session of a member (kicked: No benches here.)");
  }

  private static FromServer.Message with(FromServer.Message message, @Nullable String text) {
    return new FromServer.Message(
        message.room(), message.seq(), message.at(), message.from(), false, text, null);
  }
}
