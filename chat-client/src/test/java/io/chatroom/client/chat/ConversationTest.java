package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.TlsRoom;
import io.chatroom.client.UnknownServerException;
import io.chatroom.client.chat.ScriptedDialer.Call;
import io.chatroom.protocol.ChatMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A whole conversation without a network, with a clock that the test sets. */
class ConversationTest {

  private static final ServerAddress HERE = new ServerAddress("here", 1);
  private static final String REFUSED =
      "the client failed: java.lang.IllegalStateException: refused";

  private final ScriptedDialer dialer = new ScriptedDialer();
  private final ManualTicker ticker = new ManualTicker();
  private final List<String> events = new ArrayList<>();
  private List<String> waiting = List.of();

  private final Talk.Events recorder =
      new Talk.Events() {
        @Override
        public void connecting(ServerAddress server) {
          events.add("connecting " + server);
        }

        @Override
        public void connected(ServerAddress server) {
          events.add("connected " + server);
        }

        @Override
        public void held(ServerAddress server) {
          events.add("held " + server);
        }

        @Override
        public void resumed(ServerAddress server) {
          events.add("resumed " + server);
        }

        @Override
        public void noSessions(boolean isOldServer) {
          events.add("no sessions");
        }

        @Override
        public void note(String sentence) {
          events.add("note " + sentence);
        }

        @Override
        public void lost(String reason, List<String> doubtful) {
          events.add("lost: " + reason + " " + doubtful);
        }

        @Override
        public void retrying(String reason, Duration in) {
          events.add("retrying in " + in.toMillis() + ": " + reason);
        }

        @Override
        public void unknown(UnknownServerException server) {
          events.add("unknown " + server.server());
        }

        @Override
        public void over(String reason) {
          events.add("over: " + reason);
        }

        @Override
        public void heard(ChatMessage message) {
          events.add("heard " + message.text());
        }

        @Override
        public void pause() {
          events.add("pause");
        }

        @Override
        public void gone(String text) {
          events.add("gone " + text);
        }

        @Override
        public void waiting(List<String> texts) {
          waiting = texts;
        }
      };

  private Conversation conversation = conversation(true);

  private Conversation conversation(boolean reconnect) {
    return new Conversation(
        HERE, "alice", reconnect, dialer, ticker, new Backoff(() -> 1), recorder);
  }

  private Call connected() {
    conversation.start();
    dialer.last().accept();
    return dialer.last();
  }

  @Test
  void connectsSendsAndReceives() {
    Call call = connected();
    conversation.say(List.of("hello"));
    call.listener.received(new ChatMessage("bob", "hi"));
    call.listener.pause();

    assertThat(call.name).isEqualTo("alice");
    assertThat(call.sent).containsExactly("hello");
    assertThat(waiting).isEmpty();
    assertThat(events)
        .containsExactly(
            "connecting here:1", "connected here:1", "gone hello", "heard hi", "pause");
  }

  @Test
  void retriesWithGrowingDelaysAndCountsTheSeconds() {
    conversation.start();
    dialer.last().refuse();
    ticker.pass(Duration.ofMillis(500));
    dialer.last().refuse();
    ticker.pass(Duration.ofSeconds(1));
    dialer.last().refuse();
    ticker.pass(Duration.ofMillis(1999));

    assertThat(dialer.calls).hasSize(3);
    assertThat(events)
        .containsExactly(
            "connecting here:1",
            "retrying in 500: " + REFUSED,
            "connecting here:1",
            "retrying in 1000: " + REFUSED,
            "connecting here:1",
            "retrying in 2000: " + REFUSED,
            "retrying in 1000: " + REFUSED);

    ticker.pass(Duration.ofMillis(1));
    assertThat(dialer.calls).hasSize(4);
  }

  @Test
  void waitsForTheAnswerAboutAnUnknownServer() {
    conversation.start();
    conversation.say(List.of("one"));
    dialer.last().refuse(TlsRoom.unknown(HERE));
    ticker.pass(Duration.ofMinutes(5));

    assertThat(events).containsExactly("connecting here:1", "unknown here:1");
    assertThat(waiting).containsExactly("one");
    assertThat(conversation.part())
        .isCompletedWithValue(new Farewell(List.of("one"), List.of(), null));
  }

  @Test
  void endsWhenTheServerHasAnotherCertificate() {
    connected().closed.complete(Ending.BY_SERVER);
    ticker.pass(Duration.ofSeconds(1));
    dialer.last().refuse(TlsRoom.untrusted("WARNING"));
    ticker.pass(Duration.ofMinutes(5));

    assertThat(events).endsWith("connecting here:1", "over: WARNING");
    assertThat(dialer.calls).hasSize(2);
  }

  @Test
  void keepsMessagesWithoutAConnectionAndSendsThemInOrder() {
    conversation.start();
    conversation.say(List.of("one"));
    dialer.last().refuse();
    conversation.say(List.of("two", "three"));

    assertThat(waiting).containsExactly("one", "two", "three");
    ticker.pass(Duration.ofSeconds(1));
    dialer.last().accept();

    assertThat(dialer.last().sent).containsExactly("one", "two", "three");
    assertThat(waiting).isEmpty();
    assertThat(events).endsWith("connected here:1", "gone one", "gone two", "gone three");
  }

  @Test
  void registersAgainAfterALossAndResendsOnlyWhatCannotHaveArrived() {
    Call first = connected();
    first.quick = false;
    conversation.say(List.of("taken", "not taken"));
    first.confirmations.get(0).complete(null);
    first.closed.complete(Ending.BY_SERVER);
    first.confirmations.get(1).completeExceptionally(new IllegalStateException("late"));
    conversation.say(List.of("typed meanwhile"));
    ticker.pass(Duration.ofSeconds(1));
    dialer.last().accept();

    assertThat(dialer.last()).isNotSameAs(first);
    assertThat(dialer.last().name).isEqualTo("alice");
    assertThat(dialer.last().sent).containsExactly("not taken", "typed meanwhile");
  }

  @Test
  void namesMessagesSentJustBeforeTheLoss() {
    Call call = connected();
    conversation.say(List.of("long ago"));
    ticker.pass(Doubt.UNREAD.plusMillis(1));
    conversation.say(List.of("just now"));
    call.closed.complete(Ending.BY_SERVER);

    assertThat(events).contains("lost: the server has ended the connection [just now]");
  }

  @Test
  void namesUnacknowledgedMessagesOfAnyAge() {
    Call call = connected();
    conversation.say(List.of("arrived", "lost", "lost too"));
    call.acknowledged = OptionalLong.of(1);
    ticker.pass(Duration.ofHours(1));
    call.closed.completeExceptionally(new IllegalStateException("gone"));

    assertThat(events).anyMatch(event -> event.endsWith("gone [lost, lost too]"));
  }

  @Test
  void waitsLongerForAServerThatClosesAtOnceThanForOneThatHeld() {
    conversation.start();
    for (int n = 0; n < 4; n++) {
      dialer.last().accept();
      dialer.last().closed.complete(Ending.BY_SERVER);
      ticker.pass(Duration.ofSeconds(4));
    }
    assertThat(events).contains("retrying in 4000: the server has ended the connection");

    dialer.last().accept();
    assertThat(events).doesNotContain("held here:1");
    ticker.pass(Conversation.PROVEN);
    dialer.last().closed.complete(Ending.BY_SERVER);
    assertThat(events)
        .endsWith(
            "held here:1",
            "lost: the server has ended the connection []",
            "retrying in 500: the server has ended the connection");
  }

  @Test
  void isSilentAfterSwitchingToAnotherServer() {
    Call call = connected();
    call.quick = false;
    conversation.say(List.of("taken while leaving", "not taken"));
    CompletableFuture<Farewell> farewell = conversation.part();
    call.listener.received(new ChatMessage("bob", "too late"));
    ticker.pass(Conversation.PROVEN);
    assertThat(call.left).isTrue();
    assertThat(farewell).as("while the server still has it").isNotDone();

    call.confirmations.get(0).complete(null);
    call.closed.complete(Ending.BY_US);
    assertThat(farewell).isCompletedWithValue(new Farewell(List.of("not taken"), List.of(), null));
    assertThat(events)
        .containsExactly("connecting here:1", "connected here:1", "gone taken while leaving");
  }

  @Test
  void leavesAConnectionMadeAfterSwitchingToAnotherServer() {
    conversation.start();
    conversation.say(List.of("for whom?"));
    CompletableFuture<Farewell> farewell = conversation.part();
    assertThat(farewell).isCompletedWithValue(new Farewell(List.of("for whom?"), List.of(), null));
    dialer.last().accept();

    assertThat(dialer.last().left).isTrue();
    assertThat(dialer.last().sent).isEmpty();
    assertThat(ticker.stopped).isTrue();
    assertThat(events).doesNotContain("connected here:1");
  }

  @Test
  void leavesInOrder() {
    Call call = connected();
    conversation.say(List.of("bye"));
    CompletableFuture<Farewell> farewell = conversation.leave();
    assertThat(call.left).isTrue();
    assertThat(farewell).isNotDone();
    call.closed.complete(Ending.UNANSWERED);

    assertThat(call.sent).containsExactly("bye");
    assertThat(farewell).isCompletedWithValue(new Farewell(List.of(), List.of(), null));
    assertThat(ticker.stopped).isTrue();
  }

  @Test
  void sendsWaitingMessagesBeforeLeavingIfAConnectionIsBeingMade() {
    conversation.start();
    conversation.say(List.of("quick"));
    CompletableFuture<Farewell> farewell = conversation.leave();
    dialer.last().accept();
    dialer.last().closed.complete(Ending.BY_US);

    assertThat(dialer.last().sent).containsExactly("quick");
    assertThat(farewell).isCompletedWithValue(new Farewell(List.of(), List.of(), null));
  }

  @Test
  void tellsWhatItCouldNotSay() {
    conversation.start();
    dialer.last().refuse();
    conversation.say(List.of("one", "two"));

    assertThat(conversation.leave())
        .isCompletedWithValue(new Farewell(List.of("one", "two"), List.of(), null));
  }

  @Test
  void reportsThatTheServerEndedTheConnectionWhileLeaving() {
    Call call = connected();
    CompletableFuture<Farewell> farewell = conversation.leave();
    call.closed.complete(Ending.BY_SERVER);

    assertThat(farewell)
        .isCompletedWithValue(
            new Farewell(List.of(), List.of(), "the server has ended the connection"));
  }

  @Test
  void namesDoubtfulMessagesIfTheServerVanishesWhileLeaving() {
    Call call = connected();
    conversation.say(List.of("arrived", "lost"));
    call.acknowledged = OptionalLong.of(1);
    ticker.pass(Duration.ofHours(1));
    CompletableFuture<Farewell> farewell = conversation.leave();
    call.closed.completeExceptionally(new IllegalStateException("gone"));

    assertThat(farewell.join().doubtful()).containsExactly("lost");
  }

  @Test
  void endsAtTheFirstFailureWithoutReconnecting() {
    conversation = conversation(false);
    conversation.start();
    dialer.last().refuse();
    ticker.pass(Duration.ofMinutes(1));

    assertThat(dialer.calls).hasSize(1);
    assertThat(events).containsExactly("connecting here:1", "over: " + REFUSED);
    assertThat(conversation.leave()).isCompletedWithValue(new Farewell(List.of(), List.of(), null));
  }

  @Test
  void endsWithTheConnectionWhenItMustNotTryAgain() {
    conversation = conversation(false);
    connected().closed.complete(Ending.BY_SERVER);

    assertThat(events).endsWith("over: the server has ended the connection");
  }

  @Test
  void refusesMessagesThatItCannotKeep() {
    conversation.start();

    assertThat(conversation.say(Collections.nCopies(Outbox.MAX_MESSAGES, "x"))).isNull();
    assertThat(conversation.say(List.of("y"))).isEqualTo(Outbox.FULL);
  }
}
