package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
import io.chatroom.client.UntrustedServerException;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.VisibleText;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A conversation in the seed's protocol that outlives its connections. It connects in the
 * background; when a connection fails or ends it waits, looks the server up anew, connects and
 * registers again, until the user leaves. Messages typed meanwhile wait in an {@link Outbox} and
 * are sent in order.
 *
 * <p>The protocol confirms nothing. A message is <em>sent</em> once the operating system has
 * accepted it; from then on it is never resent, because the server may have it. If the connection
 * is lost before the server's system has acknowledged it, or soon after, the server may not have
 * read it, so it is named in {@link Talk.Events#lost}; see {@link Doubt}. A message that the
 * operating system had not accepted in whole cannot have arrived, and is sent on the next
 * connection.
 *
 * <p>All methods may be called from any thread. Events come on the conversation's own thread,
 * except for {@link Talk.Events#heard} and {@link Talk.Events#pause}, which come on the
 * connection's: a slow handler holds back the server, and nothing else.
 */
final class Conversation implements Talk {

  /** A connection that has held for this long shows that the server accepts us. */
  static final Duration PROVEN = Duration.ofSeconds(10);

  private static final Duration TICK = Duration.ofSeconds(1);

  private enum State {
    CONNECTING,
    OPEN,
    WAITING,
    OVER
  }

  private final String name;
  private final boolean reconnect;
  private final Dialer dialer;
  private final Ticker ticker;
  private final Backoff backoff;
  private final Events events;
  private final Outbox outbox = new Outbox();
  private final CompletableFuture<Farewell> farewell = new CompletableFuture<>();

  private final ServerAddress server;
  private State state = State.CONNECTING;
  private @Nullable Link link;
  private final Doubt doubt = new Doubt();

  private boolean leaving;

  /** The user has switched to another server: events of this one are dropped. */
  private volatile boolean parted;

  /**
   * The current attempt: events of earlier ones are ignored. Read by the threads of connections.
   */
  private volatile int attempt;

  /**
   * A conversation with a real server.
   *
   * @param server where to connect to
   * @param name what the others see
   * @param reconnect whether to retry; otherwise the first failure ends the conversation
   * @param client how to connect; must not be changed any more
   */
  static Conversation overNetwork(
      ServerAddress server,
      String name,
      boolean reconnect,
      ChatClient.Builder client,
      Events events) {
    Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
    Ticker ticker = new ThreadTicker(failure -> events.over(sentence(failure)));
    return new Conversation(
        server, name, reconnect, new NetDialer(client), ticker, backoff, events);
  }

  Conversation(
      ServerAddress server,
      String name,
      boolean reconnect,
      Dialer dialer,
      Ticker ticker,
      Backoff backoff,
      Events events) {
    this.server = server;
    this.name = name;
    this.reconnect = reconnect;
    this.dialer = dialer;
    this.ticker = ticker;
    this.backoff = backoff;
    this.events = events;
  }

  @Override
  public void start() {
    ticker.execute(this::dial);
  }

  @Override
  public @Nullable String say(List<String> texts) {
    if (!outbox.add(texts)) {
      return Outbox.FULL;
    }
    ticker.execute(
        () -> {
          hand();
          tellWaiting();
        });
    return null;
  }

  @Override
  public ChatSession.Reply run(Verb verb, String argument) {
    events.note("this server speaks the seed's protocol only: there is one room and no history");
    return ChatSession.Reply.DONE;
  }

  @Override
  public void switchTo(int number) {
    // There is one room.
  }

  @Override
  public CompletableFuture<Farewell> leave() {
    return leave(true);
  }

  @Override
  public CompletableFuture<Farewell> part() {
    parted = true;
    return leave(false);
  }

  /**
   * @param waitsToSend whether waiting messages may still use a connection that is being made
   */
  private CompletableFuture<Farewell> leave(boolean waitsToSend) {
    ticker.execute(
        () -> {
          leaving = true;
          if (state == State.OPEN) {
            hangUp();
          } else if (state != State.CONNECTING || !waitsToSend || outbox.texts().isEmpty()) {
            end(null);
          }
        });
    return farewell;
  }

  /** Changed by the conversation's own thread only. */
  private int nextAttempt() {
    int next = attempt + 1;
    attempt = next;
    return next;
  }

  private void dial() {
    state = State.CONNECTING;
    int mine = nextAttempt();
    events.connecting(server);
    dialer
        .dial(server, name, new CurrentListener(mine))
        .whenComplete((made, failure) -> ticker.execute(() -> answered(mine, made, failure)));
  }

  private void answered(int mine, @Nullable Link made, @Nullable Throwable failure) {
    if (mine != attempt) {
      if (made != null) {
        made.leave();
      }
      if (state == State.OVER) {
        ticker.stop();
      }
      return;
    }
    if (made == null) {
      failed(cause(failure));
      return;
    }
    state = State.OPEN;
    link = made;
    doubt.clear();
    ticker.later(PROVEN, () -> held(mine));
    made.closed().whenComplete((how, why) -> ticker.execute(() -> ended(mine, how, why)));
    events.connected(server);
    hand();
    if (leaving) {
      hangUp();
    }
  }

  private void held(int mine) {
    if (mine == attempt && state == State.OPEN && !parted) {
      backoff.reset();
      events.held(server);
    }
  }

  private void failed(@Nullable Throwable cause) {
    String reason = sentence(cause);
    state = State.WAITING;
    if (leaving) {
      end(reason);
    } else if (cause instanceof UnknownServerException unknown) {
      nextAttempt();
      events.unknown(unknown);
    } else if (reconnect && !(cause instanceof UntrustedServerException)) {
      waitBecause(reason);
    } else {
      giveUp(reason);
    }
  }

  /** Gives waiting messages to the connection, if there is one. */
  private void hand() {
    if (link == null) {
      return;
    }
    int mine = attempt;
    for (Outbox.Entry entry : outbox.hand(mine)) {
      link.send(entry.text())
          .whenComplete(
              (taken, failure) -> {
                if (failure == null) {
                  ticker.execute(() -> gone(mine, entry));
                }
                // Otherwise the connection has ended, and its unsent messages come back.
              });
    }
  }

  private void gone(int mine, Outbox.Entry entry) {
    outbox.sent(entry);
    if (mine == attempt && link != null) {
      doubt.add(entry.text(), ticker.nanoTime(), link.acknowledged());
    }
    events.gone(entry.text());
    tellWaiting();
  }

  private void tellWaiting() {
    if (!parted) {
      events.waiting(outbox.texts());
    }
  }

  private void ended(int mine, @Nullable Ending how, @Nullable Throwable why) {
    outbox.takeBack(mine);
    boolean inOrder = how == Ending.BY_US || how == Ending.UNANSWERED;
    if (mine != attempt) {
      hand(); // to the next connection
      return;
    }
    List<String> doubtful =
        doubt.texts(
            ticker.nanoTime(),
            link == null ? OptionalLong.empty() : link.acknowledged(),
            how == Ending.BY_SERVER);
    link = null;
    String reason = reason(why);
    if (leaving) {
      end(inOrder ? null : reason, inOrder ? List.of() : doubtful);
      return;
    }
    doubt.clear();
    events.lost(reason, doubtful);
    tellWaiting();
    if (reconnect) {
      waitBecause(reason);
    } else {
      giveUp(reason);
    }
  }

  private void waitBecause(String reason) {
    state = State.WAITING;
    countDown(nextAttempt(), reason, ticker.nanoTime() + backoff.next().toNanos());
  }

  private void countDown(int mine, String reason, long untilNanos) {
    if (mine != attempt || state != State.WAITING) {
      return;
    }
    Duration left = Duration.ofNanos(untilNanos - ticker.nanoTime());
    if (left.isNegative() || left.isZero()) {
      dial();
      return;
    }
    events.retrying(reason, left);
    ticker.later(left.compareTo(TICK) < 0 ? left : TICK, () -> countDown(mine, reason, untilNanos));
  }

  private void giveUp(String reason) {
    state = State.OVER;
    events.over(reason);
  }

  /** Leaves the connection, which first sends what it was given. */
  private void hangUp() {
    if (link != null) {
      link.leave();
    }
  }

  private void end(@Nullable String trouble) {
    end(trouble, List.of());
  }

  private void end(@Nullable String trouble, List<String> doubtful) {
    boolean isDialing = state == State.CONNECTING;
    state = State.OVER;
    nextAttempt();
    farewell.complete(new Farewell(outbox.texts(), doubtful, trouble));
    if (!isDialing) {
      ticker.stop(); // else once the pending attempt has succeeded or failed
    }
  }

  private static String reason(@Nullable Throwable why) {
    return why == null ? "the server has ended the connection" : sentence(why);
  }

  private static @Nullable Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException ? failure.getCause() : failure;
  }

  private static String sentence(@Nullable Throwable failure) {
    Throwable cause = cause(failure);
    return cause instanceof ChatException
        ? String.valueOf(cause.getMessage())
        : "the client failed: " + VisibleText.of(String.valueOf(cause));
  }

  /** Passes on the events of the current connection. */
  private final class CurrentListener implements Dialer.Listener {

    private final int mine;

    CurrentListener(int mine) {
      this.mine = mine;
    }

    @Override
    public void received(ChatMessage message) {
      if (mine == attempt && !parted) {
        events.heard(message);
      }
    }

    @Override
    public void pause() {
      if (mine == attempt && !parted) {
        events.pause();
      }
    }
  }
}
