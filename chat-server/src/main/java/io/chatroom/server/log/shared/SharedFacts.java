package io.chatroom.server.log.shared;

import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
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
 * Facts in a database that several servers share. One thread changes them, in the order in which
 * that is asked for and as many at once as wait, and hears what other servers have changed: it
 * looks when they say so, and once a second. A change that cannot be stored is given up, so who
 * asked knows at once. If only the answer was lost it may be there all the same, and then it is
 * told later as that of another server.
 *
 * <p>No conflict is overlooked: versions are read under locks that all take who change a kind. What
 * others have changed by then is told first, and what was asked for before that fails.
 */
public final class SharedFacts implements Facts, AutoCloseable {

  /** On which servers say that something has changed. */
  static final String CHANNEL = "chat_facts";

  private static final Logger log = LoggerFactory.getLogger(SharedFacts.class);

  private static final int MOST_AT_ONCE = 500;
  private static final int TRIES = 2;
  private static final long LOOKS_EVERY_MILLIS = 1_000;
  private static final long CLEANS_EVERY_NANOS = TimeUnit.HOURS.toNanos(1);
  private static final long STOP_MILLIS = 1_000;

  /**
   * Something that is asked for.
   *
   * @param known what was known by who asked; empty if it does not matter
   */
  private record Change(List<Fact> facts, Map<String, Long> known, CompletableFuture<Void> done) {}

  /** Is asked for by who wants the thread to look at once. */
  private static final Change LOOK = new Change(List.of(), Map.of(), new CompletableFuture<>());

  /** Those who wait until it has looked. */
  private final Queue<CompletableFuture<Void>> looking = new ConcurrentLinkedQueue<>();

  private final SharedDatabase database;
  private final long looksEveryMillis;
  private final BlockingQueue<Change> waiting = new LinkedBlockingQueue<>();

  /** Belongs to its own lock. */
  private final FollowedFacts followed = new FollowedFacts();

  private final AtomicBoolean isToLook = new AtomicBoolean();
  private final Thread thread = new Thread(this::run, "facts");
  private final ChannelListener listener;
  private volatile boolean closed;

  // What belongs to the thread.
  private boolean troubled;
  private long lookedAt = System.nanoTime();
  private long cleanedAt = System.nanoTime() - CLEANS_EVERY_NANOS;

  private SharedFacts(SharedDatabase database, long looksEveryMillis, boolean listens) {
    this.database = database;
    this.looksEveryMillis = looksEveryMillis;
    this.listener = new ChannelListener(database, CHANNEL, new Ear());
    thread.setDaemon(true);
    thread.start();
    if (listens) {
      listener.start();
    }
  }

  /** Those in a database that is open, and stays so for longer than this. */
  public static SharedFacts open(SharedDatabase database) {
    return new SharedFacts(database, LOOKS_EVERY_MILLIS, true);
  }

  /** The same where nothing is told but by conflicts, or by looking now and then. */
  static SharedFacts deaf(SharedDatabase database, long looksEveryMillis) {
    return new SharedFacts(database, looksEveryMillis, false);
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
  public void follow(String kind, Consumer<Fact> told) throws IOException {
    synchronized (followed) {
      long version = database.run(connection -> tellAll(connection, kind, told));
      followed.add(kind, told, version);
      // so that who has read this kind knows of others what had happened before
      database.run(
          connection -> {
            followed.catchUp(connection);
            return true;
          });
    }
  }

  /** Tells all there is at one moment, and which version that is. */
  private static long tellAll(Connection connection, String kind, Consumer<Fact> told)
      throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try {
      long version = FactSql.versions(connection, List.of(kind)).getOrDefault(kind, 0L);
      String after = "";
      List<Fact> page;
      do {
        page = FactSql.read(connection, kind, after, PAGE);
        page.forEach(told);
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
    return ask(changes, followed.known(changes));
  }

  @Override
  public CompletionStage<Void> put(List<Fact> changes) {
    return ask(changes, Map.of());
  }

  @Override
  public CompletionStage<Void> catchUp() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    looking.add(done);
    look();
    if (closed) {
      giveUp();
    }
    return done.minimalCompletionStage();
  }

  private CompletionStage<Void> ask(List<Fact> changes, Map<String, Long> known) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiting.add(new Change(List.copyOf(changes), known, done));
    if (closed) {
      giveUp(); // the thread may have ended just before
    }
    return done.minimalCompletionStage();
  }

  /** Others say that something has changed. */
  private final class Ear implements ChannelListener.Ear {

    @Override
    public void listens() {
      look();
    }

    @Override
    public void heard(String what) {
      look();
    }
  }

  private void look() {
    if (!isToLook.getAndSet(true)) {
      waiting.add(LOOK);
    }
  }

  // ---- the thread

  private void run() {
    while (!closed || !waiting.isEmpty()) {
      List<Change> some = next();
      boolean looks = some.removeIf(LOOK::equals);
      try {
        if (!some.isEmpty()) {
          store(some);
        }
        if (looks || System.nanoTime() - lookedAt >= looksEveryMillis * 1_000_000) {
          isToLook.set(false);
          lookForOthers();
        }
      } catch (RuntimeException | Error e) { // what comes next still needs this thread
        log.error("this is a defect of chat-server, please report it", e);
        IOException why = new IOException("a defect of the server; see its log", e);
        some.forEach(change -> change.done().completeExceptionally(why));
      }
    }
    giveUp();
  }

  private List<Change> next() {
    List<Change> some = new ArrayList<>();
    try {
      Change first = waiting.poll(looksEveryMillis, TimeUnit.MILLISECONDS);
      if (first != null) {
        some.add(first);
        waiting.drainTo(some, MOST_AT_ONCE);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return some;
  }

  private void lookForOthers() {
    lookedAt = System.nanoTime();
    List<CompletableFuture<Void>> some = new ArrayList<>();
    for (CompletableFuture<Void> one = looking.poll(); one != null; one = looking.poll()) {
      some.add(one);
    }
    try (Connection connection = database.take()) {
      synchronized (followed) {
        followed.catchUp(connection);
      }
      some.forEach(one -> one.complete(null));
      if (System.nanoTime() - cleanedAt >= CLEANS_EVERY_NANOS) {
        cleanedAt = System.nanoTime();
        inTransaction(
            connection,
            () -> {
              FactSql.clean(connection);
              connection.commit();
            });
      }
      if (troubled) {
        troubled = false;
        log.info("changes to names and moderation are read again");
      }
    } catch (SQLException e) {
      some.forEach(one -> one.completeExceptionally(failed(e)));
      if (!troubled) {
        troubled = true;
        log.warn("cannot read changes to names and moderation: {}", SharedTrouble.words(e));
      }
    }
  }

  private void store(List<Change> some) {
    for (int tries = 1; ; tries++) {
      Storing storing = new Storing(some);
      try (Connection connection = database.take()) {
        inTransaction(connection, () -> storing.in(connection));
        storing.end();
        FactSql.tell(connection, CHANNEL);
        return;
      } catch (SQLException e) {
        if (storing.isDone) {
          log.debug("other servers are not told, and look by themselves", e);
          return;
        }
        if (storing.isUnknown || tries == TRIES) {
          IOException why = failed(e);
          some.forEach(change -> change.done().completeExceptionally(why));
          look();
          return;
        }
        log.debug("facts are not stored, once more", e);
        if (SharedTrouble.isAway(e) || SharedTrouble.isReadOnly(e)) {
          database.reconnect(); // all connections may be dead, or to what was the primary
        }
      }
    }
  }

  private IOException failed(SQLException e) {
    return new IOException(
        "the database " + database.shown() + " cannot be used: " + SharedTrouble.words(e), e);
  }

  private interface Work {
    void run() throws SQLException;
  }

  private static void inTransaction(Connection connection, Work work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      work.run();
    } catch (SQLException e) {
      try {
        connection.rollback();
      } catch (SQLException more) {
        e.addSuppressed(more);
      }
      throw e;
    }
    connection.setAutoCommit(true);
  }

  /** One try to store some changes. */
  private final class Storing {

    private final List<Change> all;
    private final List<Change> stored = new ArrayList<>();
    private final List<Change> failed = new ArrayList<>();

    /** Whether they may be there, and may not. */
    private boolean isUnknown;

    private boolean isDone;

    Storing(List<Change> all) {
      this.all = all;
    }

    void in(Connection connection) throws SQLException {
      Set<String> kinds = new TreeSet<>();
      all.forEach(change -> change.facts().forEach(fact -> kinds.add(fact.kind())));
      Map<String, Long> versions = FactSql.lock(connection, kinds);
      synchronized (followed) {
        followed.catchUp(connection, versions);
      }
      for (Change change : all) {
        (followed.isAll(change.known()) ? stored : failed).add(change);
      }
      List<Fact> facts = stored.stream().flatMap(change -> change.facts().stream()).toList();
      Map<String, Long> made = new HashMap<>();
      facts.forEach(fact -> made.put(fact.kind(), versions.getOrDefault(fact.kind(), 0L) + 1));
      FactSql.write(connection, facts, made);
      isUnknown = true;
      connection.clearWarnings();
      connection.commit();
      if (connection.getWarnings() != null) { // the standby may not have it
        throw connection.getWarnings();
      }
      synchronized (followed) {
        followed.made(made, facts);
      }
    }

    void end() {
      isDone = true;
      failed.forEach(change -> change.done().completeExceptionally(new ConflictException()));
      stored.forEach(change -> change.done().complete(null));
    }
  }

  private void giveUp() {
    for (CompletableFuture<Void> one = looking.poll(); one != null; one = looking.poll()) {
      one.completeExceptionally(new IOException("the server stops"));
    }
    for (Change change = waiting.poll(); change != null; change = waiting.poll()) {
      change.done().completeExceptionally(new IOException("the server stops"));
    }
  }

  /** Stores what was asked for until now, and ends. */
  @Override
  public void close() {
    closed = true;
    listener.close();
    look();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
