package io.chatroom.client.chat;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.Ending;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.UnknownServerException;
import io.chatroom.client.UntrustedServerException;
import io.chatroom.protocol.ChatMessage;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.VisibleText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A conversation that outlives its connections. It connects in the background; when a connection
 * fails or ends it waits, looks the server up anew, connects and registers again, until it is left.
 * What is said meanwhile waits in an {@link Outbox} and goes in order.
 *
 * <p>What can be known: the protocol confirms nothing. A message has <em>gone</em> when the
 * operating system has taken it; then it is not said again, because the server may have it. If the
 * connection is lost before the server's system has acknowledged it, or soon after, the server may
 * as well not have it, so it is named in {@link Events#lost}; see {@link Doubt}. What the operating
 * system had not taken whole no server can have, and that is said again on the next connection.
 *
 * <p>All methods may be called from any thread. Events come on the conversation's own thread, but
 * for {@link Events#heard} and {@link Events#pause}, which come on the connection's: an event that
 * takes its time holds the server back, and nobody else.
 */
public final class Conversation {

  /** What happens in a conversation. */
  public interface Events {

    /** An attempt has begun. */
    void connecting(ServerAddress server);

    /** A connection is there, and the name on its way; everything that waits goes now. */
    void connected(ServerAddress server);

    /** The connection has held for so long that the server seems to accept us. */
    void held(ServerAddress server);

    /**
     * The connection has ended.
     *
     * @param reason a sentence for people, without its end
     * @param doubtful what had gone and nobody knows whether it arrived
     */
    void lost(String reason, List<String> doubtful);

    /**
     * A connection that was left for another server has not ended in order.
     *
     * @param reason a sentence for people, without its end
     * @param doubtful what had gone over it and nobody knows whether it arrived
     */
    void leftInDoubt(String reason, List<String> doubtful);

    /** There is no connection; called again every second of the wait. */
    void retrying(String reason, Duration in);

    /**
     * The server was never met before, and nobody vouches for it. Nothing more is tried before
     * {@link Conversation#moveTo} says so.
     */
    void unknown(UnknownServerException server);

    /**
     * There will be no connection any more: reconnecting was switched off, or the server is not the
     * one that it was.
     */
    void over(String reason);

    /** Somebody said something. */
    void heard(ChatMessage message);

    /** No more for the moment: the time to show what was heard. */
    void pause();

    /** The operating system has taken what we said. */
    void gone(String text);

    /** What has not gone yet, whenever that changes. */
    void waiting(List<String> texts);
  }

  /**
   * How a conversation was left.
   *
   * @param unsent what could not be said
   * @param doubtful what had gone, and nobody knows whether it arrived
   * @param trouble why the last of what was said may not have arrived, as a sentence for people; or
   *     null
   */
  public record Farewell(List<String> unsent, List<String> doubtful, @Nullable String trouble) {}

  /** A connection that held for so long has shown that the server accepts us. */
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

  private ServerAddress server;
  private State state = State.CONNECTING;
  private @Nullable Link link;
  private Doubt doubt = new Doubt();

  /** Connections that were left for another server and have not ended yet, by their attempt. */
  private final Map<Integer, Left> left = new TreeMap<>();

  private record Left(Link link, Doubt doubt) {}

  private boolean leaving;

  /**
   * Which attempt counts: what an earlier one still has to say is of no interest. Read by the
   * threads of connections.
   */
  private volatile int attempt;

  /**
   * A conversation with a real server.
   *
   * @param server where to connect to first
   * @param name what the others see
   * @param reconnect whether to try again; if not, the first failure is the end
   * @param client how to connect; not to be changed any more
   */
  public static Conversation overNetwork(
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

  /** Begins to connect. To be called once. */
  public void start() {
    ticker.execute(this::dial);
  }

  /**
   * Says these, in order, now or when there is a connection again.
   *
   * @return false if they are more than can be kept; then none of them is said
   */
  public boolean say(List<String> texts) {
    if (!outbox.add(texts)) {
      return false;
    }
    ticker.execute(
        () -> {
          hand();
          events.waiting(outbox.texts());
        });
    return true;
  }

  /** Leaves the server in order, and goes on with another one, or with the same one anew. */
  public void moveTo(ServerAddress other) {
    ticker.execute(
        () -> {
          if (leaving || state == State.OVER) {
            return;
          }
          server = other;
          if (link != null) {
            left.put(attempt, new Left(link, doubt));
            link.leave();
            link = null;
          }
          backoff.reset();
          doubt = new Doubt();
          dial();
        });
  }

  /**
   * Leaves: what was said goes out if there is a connection or one is being made, and the
   * connection ends in order. Called again, it answers the same.
   */
  public CompletableFuture<Farewell> leave() {
    ticker.execute(
        () -> {
          leaving = true;
          if (state == State.OPEN) {
            hangUp();
          } else if (state != State.CONNECTING || outbox.texts().isEmpty()) {
            end(null);
          }
        });
    return farewell;
  }

  /** Only the conversation's own thread changes it. */
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
        .dial(server, name, new CurrentEar(mine))
        .whenComplete((made, failure) -> ticker.execute(() -> answered(mine, made, failure)));
  }

  private void answered(int mine, @Nullable Link made, @Nullable Throwable failure) {
    if (mine != attempt) {
      if (made != null) {
        made.leave();
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
    if (mine == attempt && state == State.OPEN) {
      backoff.reset();
      events.held(server);
    }
  }

  private void failed(@Nullable Throwable cause) {
    String reason = sentence(cause);
    if (leaving) {
      end(reason);
    } else if (cause instanceof UnknownServerException unknown) {
      state = State.WAITING;
      nextAttempt();
      events.unknown(unknown);
    } else if (reconnect && !(cause instanceof UntrustedServerException)) {
      waitBecause(reason);
    } else {
      giveUp(reason);
    }
  }

  /** Gives the connection what waits, if there is one. */
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
                // Otherwise the connection has ended, and takes back what it was given.
              });
    }
  }

  private void gone(int mine, Outbox.Entry entry) {
    outbox.gone(entry);
    Left before = left.get(mine);
    if (before != null) {
      before.doubt.add(entry.text(), ticker.nanoTime(), before.link.acknowledged());
    } else if (mine == attempt && link != null) {
      doubt.add(entry.text(), ticker.nanoTime(), link.acknowledged());
    }
    events.gone(entry.text());
    events.waiting(outbox.texts());
  }

  private void ended(int mine, @Nullable Ending how, @Nullable Throwable why) {
    outbox.takeBack(mine);
    boolean inOrder = how == Ending.BY_US || how == Ending.UNANSWERED;
    if (mine != attempt) {
      Left before = left.remove(mine);
      if (before != null && !inOrder) {
        List<String> doubtful = doubtful(before.doubt, before.link, how);
        if (!doubtful.isEmpty() || isViolation(why)) {
          events.leftInDoubt(reason(why), doubtful);
        }
      }
      hand(); // to the connection that came after it
      return;
    }
    List<String> doubtful = doubtful(doubt, link, how);
    link = null;
    String reason = reason(why);
    if (leaving) {
      end(inOrder ? null : reason, inOrder ? List.of() : doubtful);
      return;
    }
    doubt.clear();
    events.lost(reason, doubtful);
    events.waiting(outbox.texts());
    if (reconnect) {
      waitBecause(reason);
    } else {
      giveUp(reason);
    }
  }

  private List<String> doubtful(Doubt doubt, @Nullable Link over, @Nullable Ending how) {
    return doubt.texts(
        ticker.nanoTime(),
        over == null ? OptionalLong.empty() : over.acknowledged(),
        how == Ending.BY_SERVER);
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

  /** What the connection was given goes out first. */
  private void hangUp() {
    if (link != null) {
      link.leave();
    }
  }

  private void end(@Nullable String trouble) {
    end(trouble, List.of());
  }

  private void end(@Nullable String trouble, List<String> doubtful) {
    state = State.OVER;
    nextAttempt();
    List<String> all = new ArrayList<>();
    // What these are still at has no time to arrive any more, or to be known to.
    left.values().forEach(before -> all.addAll(doubtful(before.doubt, before.link, null)));
    all.addAll(doubtful);
    farewell.complete(new Farewell(outbox.texts(), all, trouble));
    ticker.stop();
  }

  private static String reason(@Nullable Throwable why) {
    return why == null ? "the server has ended the connection" : sentence(why);
  }

  private static boolean isViolation(@Nullable Throwable why) {
    Throwable failure = cause(why);
    return failure != null && failure.getCause() instanceof ProtocolException;
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

  /** Passes on what the current connection hears. */
  private final class CurrentEar implements Dialer.Ear {

    private final int mine;

    CurrentEar(int mine) {
      this.mine = mine;
    }

    @Override
    public void heard(ChatMessage message) {
      if (mine == attempt) {
        events.heard(message);
      }
    }

    @Override
    public void pause() {
      if (mine == attempt) {
        events.pause();
      }
    }
  }
}
