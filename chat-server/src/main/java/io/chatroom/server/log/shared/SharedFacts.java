package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.FactTransaction.Change;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Facts in a database that several servers share. One thread stores changes, in the order of the
 * requests and as many in a transaction as wait. It also reads the changes of other servers, when
 * notified and once a second. A change that cannot be stored fails at once. If only the answer was
 * lost, the change may be stored anyway; it is then delivered like that of another server.
 */
public final class SharedFacts implements Facts, AutoCloseable {

  /** The channel of notifications. */
  static final String CHANNEL = "chat_facts";

  private static final Logger log = LoggerFactory.getLogger(SharedFacts.class);

  private static final int MAX_CHANGES = 500;
  private static final int MAX_TRIES = 2;
  private static final long POLL_MILLIS = 1_000;
  private static final long CLEAN_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long STOP_MILLIS = 1_000;

  /** Makes the thread poll at once. */
  private static final Change POLL = new Change(List.of(), Map.of(), new CompletableFuture<>());

  /** Completed after the next poll. */
  private final Queue<CompletableFuture<Void>> pollWaiters = new ConcurrentLinkedQueue<>();

  private final SharedDatabase database;
  private final long pollMillis;
  private final BlockingQueue<Change> waiting = new LinkedBlockingQueue<>();

  /** Guarded by its own lock. */
  private final FollowedFacts followed = new FollowedFacts();

  private final AtomicBoolean pollRequested = new AtomicBoolean();
  private final Thread thread = new Thread(this::run, "facts");
  private final ChannelListener listener;
  private volatile boolean closed;

  // Used by the thread only.
  private boolean failing;
  private long polledAt = System.nanoTime();
  private long cleanedAt = System.nanoTime() - CLEAN_NANOS;

  private SharedFacts(SharedDatabase database, long pollMillis, boolean listens) {
    this.database = database;
    this.pollMillis = pollMillis;
    this.listener = new ChannelListener(database, CHANNEL, new Notifications());
    thread.setDaemon(true);
    thread.start();
    if (listens) {
      listener.start();
    }
  }

  /**
   * Opens the facts of a database.
   *
   * @param database must stay open until this is closed
   */
  public static SharedFacts open(SharedDatabase database) {
    return new SharedFacts(database, POLL_MILLIS, true);
  }

  /** Opens facts that receive no notifications, only polls and conflicts. For tests. */
  static SharedFacts withoutNotifications(SharedDatabase database, long pollMillis) {
    return new SharedFacts(database, pollMillis, false);
  }

  @Override
  public boolean areShared() {
    return true;
  }

  @Override
  public List<Fact> read(String kind, String after, int limit) throws IOException {
    return database.run(connection -> FactSql.read(connection, kind, after, limit));
  }

  @Override
  public void follow(String kind, Consumer<Fact> receiver) throws IOException {
    synchronized (followed) {
      long version = database.run(connection -> deliverAll(connection, kind, receiver));
      followed.add(kind, receiver, version);
      // what happened to other kinds before this snapshot must be known too
      database.run(
          connection -> {
            followed.catchUp(connection);
            return true;
          });
    }
  }

  /** Delivers a snapshot of a kind, and returns its version. */
  private static long deliverAll(Connection connection, String kind, Consumer<Fact> receiver)
      throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try {
      long version = FactSql.versions(connection, List.of(kind)).getOrDefault(kind, 0L);
      String after = "";
      List<Fact> page;
      do {
        page = FactSql.read(connection, kind, after, PAGE);
        page.forEach(receiver);
        after = page.isEmpty() ? after : page.get(page.size() - 1).key();
      } while (!page.isEmpty());
      return version;
    } finally {
      connection.rollback();
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      connection.setAutoCommit(true);
    }
  }

  @Override
  public CompletionStage<Void> change(List<Fact> changes) {
    return request(changes, followed.known(changes));
  }

  @Override
  public CompletionStage<Void> put(List<Fact> changes) {
    return request(changes, Map.of());
  }

  @Override
  public CompletionStage<Void> catchUp() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    pollWaiters.add(done);
    requestPoll();
    if (closed) {
      failAll();
    }
    return done.minimalCompletionStage();
  }

  private CompletionStage<Void> request(List<Fact> changes, Map<String, Long> known) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiting.add(new Change(List.copyOf(changes), known, done));
    if (closed) {
      failAll(); // the thread may have ended just before
    }
    return done.minimalCompletionStage();
  }

  private final class Notifications implements ChannelListener.Callback {

    @Override
    public void poll() {
      requestPoll();
    }

    @Override
    public void notified(String payload) {
      requestPoll();
    }
  }

  private void requestPoll() {
    if (!pollRequested.getAndSet(true)) {
      waiting.add(POLL);
    }
  }

  // ---- the thread

  private void run() {
    while (!closed || !waiting.isEmpty()) {
      List<Change> some = next();
      boolean polls = some.removeIf(POLL::equals);
      try {
        if (!some.isEmpty()) {
          store(some);
        }
        if (polls || System.nanoTime() - polledAt >= pollMillis * 1_000_000) {
          pollRequested.set(false);
          poll();
        }
      } catch (RuntimeException | Error e) { // the thread must survive
        log.error("this is a defect of chat-server, please report it", e);
        IOException why = new IOException("a defect of the server; see its log", e);
        some.forEach(change -> change.done().completeExceptionally(why));
      }
    }
    failAll();
  }

  private List<Change> next() {
    List<Change> some = new ArrayList<>();
    try {
      Change first = waiting.poll(pollMillis, TimeUnit.MILLISECONDS);
      if (first != null) {
        some.add(first);
        waiting.drainTo(some, MAX_CHANGES);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return some;
  }

  private void poll() {
    polledAt = System.nanoTime();
    List<CompletableFuture<Void>> some = new ArrayList<>();
    for (CompletableFuture<Void> one = pollWaiters.poll(); one != null; one = pollWaiters.poll()) {
      some.add(one);
    }
    try (Connection connection = database.take()) {
      synchronized (followed) {
        followed.catchUp(connection);
      }
      some.forEach(one -> one.complete(null));
      if (System.nanoTime() - cleanedAt >= CLEAN_NANOS) {
        cleanedAt = System.nanoTime();
        FactSql.inTransaction(
            connection,
            () -> {
              FactSql.clean(connection);
              connection.commit();
            });
      }
      if (failing) {
        failing = false;
        log.info("changes to names and moderation are read again");
      }
    } catch (SQLException e) {
      some.forEach(one -> one.completeExceptionally(failed(e)));
      if (!failing) {
        failing = true;
        log.warn("cannot read changes to names and moderation: {}", SharedTrouble.words(e));
      }
    }
  }

  private void store(List<Change> some) {
    for (int tries = 1; ; tries++) {
      FactTransaction transaction = new FactTransaction(followed, some);
      try (Connection connection = database.take()) {
        transaction.run(connection);
        transaction.complete();
        FactSql.notifyServers(connection, CHANNEL);
        return;
      } catch (SQLException e) {
        if (transaction.isCompleted()) {
          log.debug("cannot notify other servers, they will poll", e);
          return;
        }
        if (transaction.isOutcomeUnknown() || tries == MAX_TRIES) {
          IOException why = failed(e);
          some.forEach(change -> change.done().completeExceptionally(why));
          requestPoll();
          return;
        }
        log.debug("cannot store facts, trying again", e);
        if (SharedTrouble.isAway(e) || SharedTrouble.isReadOnly(e)) {
          database.reconnect(); // all connections may be dead, or lead to the former primary
        }
      }
    }
  }

  private IOException failed(SQLException e) {
    return new IOException(
        "the database " + database.shown() + " cannot be used: " + SharedTrouble.words(e), e);
  }

  private void failAll() {
    for (CompletableFuture<Void> one = pollWaiters.poll(); one != null; one = pollWaiters.poll()) {
      one.completeExceptionally(new IOException("the server stops"));
    }
    for (Change change = waiting.poll(); change != null; change = waiting.poll()) {
      change.done().completeExceptionally(new IOException("the server stops"));
    }
  }

  /** Stores the changes that were requested before. Blocks for at most a second. */
  @Override
  public void close() {
    closed = true;
    listener.close();
    requestPoll();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
