package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.client.DeafServer;
import io.chatroom.client.Peer;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.bench.BenchPlan.Amount;
import io.chatroom.client.bench.BenchPlan.Pace;
import io.chatroom.client.bench.FaultyRoom.Distortion;
import io.chatroom.server.ChatServer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Members 0 and 1 send, 2 and 4 are the sampled receivers, 3 and 5 only count bytes. */
class BenchTest {

  private static final int MESSAGES = 200;
  private static final long DELIVERIES = MESSAGES * 4 + MESSAGES;

  /** Longer than any passing test waits. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /**
   * For tests that wait for something that never comes; long enough for what comes late on a busy
   * machine.
   */
  private static final Duration IN_VAIN = Duration.ofSeconds(5);

  private static final Pace SIXTEEN_IN_FLIGHT = new Pace.InFlight(16);

  private static BenchPlan plan(ServerAddress server, Amount amount, Pace pace) {
    return plan(server, amount, pace, PATIENCE);
  }

  private static BenchPlan plan(ServerAddress server, Amount amount, Pace pace, Duration patience) {
    return new BenchPlan(server, 4, 2, 16, amount, pace, Duration.ZERO, 2, 2, patience, null);
  }

  private static BenchResult run(ServerAddress server) throws Exception {
    return new Bench(plan(server, new Amount.Messages(MESSAGES), SIXTEEN_IN_FLIGHT), progress -> {})
        .run();
  }

  private static BenchResult run(Distortion distortion) throws Exception {
    try (FaultyRoom room = new FaultyRoom(distortion)) {
      return run(room.address());
    }
  }

  private static BenchResult runInVain(Distortion distortion) throws Exception {
    try (FaultyRoom room = new FaultyRoom(distortion)) {
      Amount amount = new Amount.Messages(MESSAGES);
      return new Bench(plan(room.address(), amount, SIXTEEN_IN_FLIGHT, IN_VAIN), progress -> {})
          .run();
    }
  }

  private static ChatServer server() throws IOException {
    return ChatServer.start(
        ServerConfig.of(Map.of("host", "127.0.0.1", "port", "0", "admin", "off")));
  }

  private static ServerAddress address(ChatServer server) {
    return new ServerAddress("127.0.0.1", server.address().getPort());
  }

  /** Treats one message differently for one listener. */
  private static Distortion once(long number, int victim, Distortion instead) {
    return (room, listener, speaker, pair) ->
        listener == victim && FaultyRoom.isMessage(pair, number)
            ? instead.deliver(room, listener, speaker, pair)
            : Distortion.NONE.deliver(room, listener, speaker, pair);
  }

  /** Delivers to member 4 the messages from this one on only after the next one of a speaker. */
  private static Distortion swapAfter(long number, int overtaking) {
    List<String> held = new ArrayList<>();
    AtomicBoolean done = new AtomicBoolean();
    return (room, listener, speaker, pair) -> {
      boolean startsAfter = held.isEmpty() && FaultyRoom.isMessage(pair, number);
      if (listener != 4 || done.get() || (held.isEmpty() && !startsAfter)) {
        return Distortion.NONE.deliver(room, listener, speaker, pair);
      }
      if (startsAfter || speaker != overtaking) {
        held.add(pair);
        return List.of();
      }
      done.set(true);
      held.add(0, pair);
      return held;
    };
  }

  @Test
  void countsEveryDeliveryOfAGoodServer() throws Exception {
    try (ChatServer server = server()) {
      BenchResult result = run(address(server));

      assertThat(result.faults()).isEqualTo(Faults.NONE);
      assertThat(result.faultless()).isTrue();
      assertThat(result.messages()).isEqualTo(MESSAGES);
      assertThat(result.deliveries()).isEqualTo(DELIVERIES);
      assertThat(result.latencies().count()).isEqualTo(MESSAGES * 2);
      assertThat(result.latencies().p50())
          .isPositive()
          .isLessThanOrEqualTo(result.latencies().max());
      assertThat(result.nanos()).isPositive();
      assertThat(result.stopped()).isFalse();
    }
  }

  @Test
  void warmUpIsVerifiedButNotCounted() throws Exception {
    try (FaultyRoom room =
        new FaultyRoom(once(7, 2, (all, listener, speaker, pair) -> List.of()))) {
      BenchPlan plan =
          new BenchPlan(
              room.address(),
              4,
              2,
              16,
              new Amount.Messages(MESSAGES),
              SIXTEEN_IN_FLIGHT,
              Duration.ofMillis(100),
              2,
              1,
              PATIENCE,
              null);
      BenchResult result = new Bench(plan, progress -> {}).run();

      assertThat(result.messages()).isEqualTo(MESSAGES);
      assertThat(result.deliveries()).isEqualTo(DELIVERIES);
      assertThat(result.faults().lost()).isEqualTo(1);
    }
  }

  @Test
  void countsEveryDeliveryAtAFixedRate() throws Exception {
    try (ChatServer server = server()) {
      Pace rate = new Pace.Rate(10_000);
      BenchResult result =
          new Bench(plan(address(server), new Amount.Messages(MESSAGES), rate), progress -> {})
              .run();

      assertThat(result.faults()).isEqualTo(Faults.NONE);
      assertThat(result.deliveries()).isEqualTo(DELIVERIES);
      assertThat(result.seconds()).as("the last is due after 19.9 ms").isGreaterThan(0.0198);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void findsALossAtEachMember(int victim) throws Exception {
    BenchResult result = runInVain(once(100, victim, (room, listener, speaker, pair) -> List.of()));

    assertThat(result.faults()).isEqualTo(new Faults(1, 0, 0, 0, 0, 0));
    assertThat(result.deliveries()).isEqualTo(DELIVERIES - 1);
  }

  @Test
  void findsThatTheLastMessageIsLost() throws Exception {
    BenchResult result =
        runInVain(once(MESSAGES - 1, 2, (room, listener, speaker, pair) -> List.of()));

    assertThat(result.faults()).isEqualTo(new Faults(1, 0, 0, 0, 0, 0));
  }

  @Test
  void findsARepetition() throws Exception {
    Distortion twice = (room, listener, speaker, pair) -> List.of(pair, pair);

    assertThat(run(once(100, 2, twice)).faults()).isEqualTo(new Faults(0, 1, 1, 0, 0, 0));
    assertThat(run(once(100, 3, twice)).faults()).isEqualTo(new Faults(0, 1, 0, 0, 0, 0));
  }

  @Test
  void findsMessagesOfOneSenderSwapped() throws Exception {
    assertThat(run(swapAfter(100, 0)).faults()).isEqualTo(new Faults(0, 0, 1, 0, 0, 0));
  }

  @Test
  void findsThatOneMemberReceivesAnotherOrder() throws Exception {
    assertThat(run(swapAfter(100, 1)).faults()).isEqualTo(new Faults(0, 0, 0, 0, 0, 1));
  }

  @Test
  void findsAnAlteredByte() throws Exception {
    Distortion alter = (room, listener, speaker, pair) -> List.of(pair.replace("xxxxx", "xxyxx"));

    assertThat(run(once(100, 2, alter)).faults()).isEqualTo(new Faults(0, 0, 0, 1, 0, 0));
  }

  @Test
  void findsThatASenderReceivesItsOwnMessage() throws Exception {
    Distortion echo =
        (room, listener, speaker, pair) ->
            listener == speaker && !FaultyRoom.isMessage(pair, 100) ? List.of() : List.of(pair);

    assertThat(run(echo).faults()).isEqualTo(new Faults(0, 0, 0, 0, 1, 0));
  }

  @Test
  void strangersMaySendMeanwhile() throws Exception {
    String stranger = Peer.frame("alice") + Peer.frame("what is going on here?");
    Distortion busyRoom =
        (room, listener, speaker, pair) ->
            listener == speaker
                ? List.of()
                : FaultyRoom.isMessage(pair, 100) ? List.of(pair, stranger) : List.of(pair);
    BenchResult result = run(busyRoom);

    assertThat(result.faults()).isEqualTo(Faults.NONE);
    assertThat(result.strangers()).isEqualTo(1);
    assertThat(result.deliveries()).isEqualTo(DELIVERIES);
  }

  @Test
  void reportsThatTheServerRelaysNothing() {
    assertThatThrownBy(() -> runInVain((room, listener, speaker, pair) -> List.of()))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "5 of 5 members have not received a message from the first within 5\\.0 s:"
                + " 127\\.0\\.0\\.1:\\d+ does not relay it unchanged to all, or accepts no more"
                + " members");
  }

  @Test
  void reportsThatTheServerClosesWhileMembersJoin() {
    Distortion doorkeeper =
        (room, listener, speaker, pair) -> {
          room.close(3);
          return List.of();
        };

    assertThatThrownBy(() -> run(doorkeeper))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "127\\.0\\.0\\.1:\\d+ closed the connection of a member before all members had joined:"
                + " it may limit the number of connections");
  }

  @Test
  void reportsThatTheServerHasStopped() {
    Distortion closing =
        once(
            100,
            3,
            (room, listener, speaker, pair) -> {
              room.close(listener);
              return List.of();
            });

    assertThatThrownBy(() -> run(closing))
        .isInstanceOf(IOException.class)
        .hasMessageMatching("127\\.0\\.0\\.1:\\d+ closed the connection of a member");
  }

  @Test
  void reportsWhatAServerOfAnotherProtocolSendsWhenMembersLeave() {
    assertThatThrownBy(
            () -> {
              try (FaultyRoom room = new FaultyRoom(Distortion.NONE, "bye\n")) {
                run(room.address());
              }
            })
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "127\\.0\\.0\\.1:\\d+ does not speak the chat protocol: it sent \"bye\n\".*");
  }

  @Test
  void reportsThatNobodyAnswers() {
    ServerAddress nobody = Peer.nobody();

    assertThatThrownBy(() -> run(nobody))
        .isInstanceOf(IOException.class)
        .hasMessage(
            nobody
                + " refused the connection: check that a server runs there, and that the port is"
                + " right");
  }

  @Test
  void reportsThatTheLimitOfOpenFilesIsTooLow() {
    BenchPlan tooMany =
        new BenchPlan(
            Peer.nobody(),
            2_000_000_000,
            1,
            16,
            new Amount.Messages(1),
            SIXTEEN_IN_FLIGHT,
            Duration.ZERO,
            1,
            1,
            Duration.ofSeconds(1),
            null);

    assertThatThrownBy(() -> new Bench(tooMany, progress -> {}).run())
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith(
            "2000000001 members need 2000000065 open files, but this process may have only ")
        .hasMessageEndingWith(": raise the limit with ulimit -n, or use fewer --receivers");
  }

  @Test
  void reportsWhatItMeasuredBeforeItWasStopped() throws Exception {
    try (ChatServer server = server()) {
      CompletableFuture<Bench> running = new CompletableFuture<>();
      Bench bench =
          new Bench(
              plan(address(server), new Amount.Time(Duration.ofHours(1)), SIXTEEN_IN_FLIGHT),
              progress -> {
                if (progress.startsWith("measuring, ")) {
                  running.join().stop();
                }
              });
      running.complete(bench);
      BenchResult result = bench.run();

      assertThat(result.stopped()).isTrue();
      assertThat(result.faults()).isEqualTo(Faults.NONE);
      assertThat(result.messages()).isPositive();
    }
  }

  @Test
  void reportsThatItWasStoppedBeforeItMeasured() throws Exception {
    try (ChatServer server = server()) {
      Bench bench =
          new Bench(
              plan(address(server), new Amount.Messages(MESSAGES), SIXTEEN_IN_FLIGHT),
              progress -> {});
      bench.stop();

      assertThatThrownBy(bench::run)
          .isInstanceOf(IOException.class)
          .hasMessage("stopped before anything was measured");
    }
  }

  @Test
  void doesNotWaitForAnAnswerOnceStopped() throws Exception {
    try (DeafServer deaf = new DeafServer()) {
      CompletableFuture<Bench> running = new CompletableFuture<>();
      Bench bench =
          new Bench(
              plan(deaf.address(), new Amount.Messages(MESSAGES), SIXTEEN_IN_FLIGHT),
              progress -> running.join().stop());
      running.complete(bench);

      assertThatThrownBy(bench::run)
          .isInstanceOf(IOException.class)
          .hasMessage("stopped before anything was measured");
      assertThat(Thread.interrupted()).as("told to the caller, too").isTrue();
    }
  }
}
