package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.search.WordReader.Place;
import io.chatroom.server.search.WordTables.State;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches the database that servers share, with an index that one of them at a time updates.
 * Messages that are not in the index yet are scanned, so an acknowledged message is found at once,
 * on every server, and no search waits for the index.
 *
 * <p>Words are not written in the transaction of a message. That would more than halve the
 * throughput of a busy server (bursts of 32: 0.44 times as many messages, with 3.7 times the
 * write-ahead log), while members wait for their acknowledgements. Written later, a thousand at a
 * time, they delay no acknowledgement, and the index can be deleted and rebuilt while servers run.
 *
 * <p>Thread-safe.
 */
public final class SharedSearch implements Search {

  private static final Logger log = LoggerFactory.getLogger(SharedSearch.class);

  /** The most concurrent searches; each uses two connections. */
  private static final int THREADS = 2;

  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /** The most messages to scan because they are not in the index yet. */
  private static final long SOON = 20_000;

  private static final int READ = 1_000;

  /** The most rooms to name in a query of the index; with more, it searches all and filters. */
  private static final int FEW_ROOMS = 100;

  /** The most messages that a search checks before it returns; its client can continue. */
  private static final int MOST_CHECKED = 2_000;

  /** The most messages that the database scans for one search. */
  private static final long MOST_SKIPPED = 200_000;

  private static final int LONGEST_STEP = 2_000;

  private final Connections connections;
  private final Journal.Source source;
  private final WordFollower follower;
  private final Thread thread;
  private final ThreadPoolExecutor searchers;

  private SharedSearch(Connections connections, Journal.Source source, Duration idle) {
    this.connections = connections;
    this.source = source;
    this.follower = new WordFollower(connections, source, idle);
    this.thread = new Thread(follower, "index");
    thread.setDaemon(true);
    this.searchers =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread one = new Thread(task, "search");
              one.setDaemon(true);
              return one;
            });
    searchers.allowCoreThreadTimeOut(true);
  }

  /**
   * Begins to index a journal. The database need not be available yet.
   *
   * @param connections connections to the journal's database, which also contains the index
   */
  public static SharedSearch open(Connections connections, Journal.Source source) {
    return open(connections, source, IDLE);
  }

  /**
   * Begins to index a journal.
   *
   * @param idle the pause at the end of the journal
   */
  static SharedSearch open(Connections connections, Journal.Source source, Duration idle) {
    SharedSearch search = new SharedSearch(connections, source, idle);
    search.thread.start();
    return search;
  }

  /** An upper bound of the messages and events that are not in the index yet. */
  public long behind() {
    return follower.behind();
  }

  /**
   * Deletes an index, even while servers run; one of them rebuilds it.
   *
   * @throws IOException if that fails; the message is one sentence for people
   */
  public static void discard(Connections connections) throws IOException {
    try (Connection connection = connections.open()) {
      WordTables.drop(connection);
    } catch (SQLException e) {
      throw new IOException("the index cannot be deleted: " + connections.words(e), e);
    }
  }

  @Override
  public CompletionStage<Found> find(Wanted wanted) {
    Set<String> searched = new HashSet<>();
    wanted.rooms().stream()
        .map(Searched::key)
        .filter(wanted.query()::looksInto)
        .forEach(searched::add);
    if (searched.isEmpty()) {
      return CompletableFuture.completedFuture(new Found(List.of(), null, true));
    }
    try {
      return CompletableFuture.supplyAsync(
          () -> {
            try {
              return find(wanted, searched);
            } catch (SQLException e) {
              throw new CompletionException(
                  new IOException("searching does not work for now: " + connections.words(e), e));
            } catch (IOException e) {
              throw new CompletionException(e);
            }
          },
          searchers);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e); // closed
    }
  }

  private Found find(Wanted wanted, Set<String> rooms) throws SQLException, IOException {
    try (Connection connection = connections.open();
        Journal journal = source.open()) {
      connection.setAutoCommit(false);
      try {
        return find(wanted, rooms, connection, journal);
      } finally {
        connection.rollback(); // it only reads
      }
    }
  }

  private static Found find(
      Wanted wanted, Set<String> rooms, Connection connection, Journal journal)
      throws SQLException, IOException {
    State state = WordTables.state(connection);
    long indexed = state == null || !state.isOurs() ? 0 : state.n();
    long newest = journal.newest();
    boolean complete = newest - indexed <= SOON;
    Hits hits = new Hits(wanted, rooms);
    for (Journal.Line line :
        tail(wanted, rooms, journal, Math.max(indexed, newest - SOON), newest)) {
      if (!hits.take(line)) {
        return hits.page(complete);
      }
    }
    if (indexed == 0) {
      return hits.all(complete);
    }
    Collection<Long> ids = WordReader.rooms(connection, rooms).values();
    if (ids.isEmpty()) {
      return hits.all(complete);
    }
    String query = Lexemes.of(wanted.query(), ids.size() <= FEW_ROOMS ? ids : List.of());
    WordReader reader = new WordReader(connection, query, ids, wanted, indexed);
    Long before = wanted.before();
    long below = before == null ? Long.MAX_VALUE : before;
    List<Place> few = reader.few(below);
    return few == null
        ? walk(reader, below, hits, wanted, journal, complete)
        : few(few, hits, wanted, journal, complete);
  }

  /** The matching messages that are not in the index yet, the newest first. */
  private static List<Journal.Line> tail(
      Wanted wanted, Set<String> rooms, Journal journal, long after, long newest)
      throws IOException {
    Long before = wanted.before();
    List<Journal.Line> tail = new ArrayList<>();
    long n = after;
    while (n < newest) {
      List<Journal.Line> some = journal.after(n, READ);
      for (Journal.Line line : some) {
        long place = wanted.inOneRoom() ? line.message().seq() : line.n();
        if (rooms.contains(line.room())
            && (before == null || place < before)
            && !(line.message().detail() instanceof RoomEvent)
            && wanted.query().matches(line.message())) {
          tail.add(line);
        }
      }
      n = some.isEmpty() ? newest : some.get(some.size() - 1).n();
    }
    tail.sort(Comparator.comparingLong(Journal.Line::n).reversed());
    return tail;
  }

  private static Found few(
      List<Place> few, Hits hits, Wanted wanted, Journal journal, boolean complete)
      throws IOException {
    int step = wanted.limit() + 1;
    for (int i = 0; i < few.size(); i += step) {
      if (hits.checked() >= MOST_CHECKED) {
        return hits.part(complete);
      }
      if (!take(few.subList(i, Math.min(few.size(), i + step)), hits, wanted, journal)) {
        return hits.page(complete);
      }
    }
    return hits.all(complete);
  }

  private static Found walk(
      WordReader reader, long from, Hits hits, Wanted wanted, Journal journal, boolean complete)
      throws SQLException, IOException {
    long below = reader.end(from);
    long floor = Math.max(0, below - MOST_SKIPPED);
    int step = wanted.limit() + 1;
    while (hits.checked() < MOST_CHECKED) {
      List<Place> some = reader.walk(below, floor, step);
      if (!take(some, hits, wanted, journal)) {
        return hits.page(complete);
      }
      if (some.size() < step) {
        if (floor == 0) {
          return hits.all(complete);
        }
        hits.passed(floor);
        return hits.part(complete);
      }
      below = some.get(some.size() - 1).at();
      hits.passed(below);
      step = Math.min(2 * step, LONGEST_STEP);
    }
    return hits.part(complete);
  }

  /** Checks messages in parts, so as to hold only a few in memory at once. */
  private static boolean take(List<Place> places, Hits hits, Wanted wanted, Journal journal)
      throws IOException {
    List<Long> ns = places.stream().map(Place::n).toList();
    int step = wanted.limit() + 1;
    for (int i = 0; i < ns.size(); i += step) {
      if (!hits.take(journal, ns.subList(i, Math.min(ns.size(), i + step)))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    follower.close();
    searchers.shutdown();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      if (!searchers.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.debug("a search has not ended in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
