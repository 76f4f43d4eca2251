package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Searches with an index beside the store. Candidates of the index are looked up in the journal, so
 * messages that are no longer kept are not found, even if the index still has them.
 *
 * <p>A message that was acknowledged is found: a search waits a moment for the index to catch up,
 * and reports an incomplete result if it has not. Thread-safe.
 */
public final class IndexSearch implements Search {

  private static final Logger log = LoggerFactory.getLogger(IndexSearch.class);

  /** A search waits for the index if it is behind by fewer messages than this. */
  private static final long SOON = 20_000;

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  /**
   * The most rooms to name in a query of the index; with more, it searches all rooms and filters.
   */
  private static final int FEW_ROOMS = 8;

  /** The most messages that a search checks before it returns; its client can continue. */
  private static final int MOST_CHECKED = 2_000;

  /** The most candidates that it goes through, including those in other rooms. */
  private static final int MOST_SKIPPED = 50_000;

  private static final int LONGEST_STEP = 2_000;

  private final IndexFile file;
  private final Journal.Source source;
  private final Indexer indexer;
  private final Thread thread;
  private final ThreadPoolExecutor searcher;

  // The searching thread's own.
  private @Nullable Journal journal;
  private @Nullable IndexReader reader;
  private int generation;

  private IndexSearch(Path directory, Journal.Source source) {
    this.file = new IndexFile(directory);
    this.source = source;
    this.indexer = new Indexer(file, source);
    this.thread = new Thread(indexer, "index");
    thread.setDaemon(true);
    this.searcher =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread one = new Thread(task, "search");
              one.setDaemon(true);
              return one;
            });
  }

  /**
   * Begins to index a journal.
   *
   * @param directory the directory of the index
   */
  public static IndexSearch open(Path directory, Journal.Source source) {
    IndexSearch search = new IndexSearch(directory, source);
    search.thread.start();
    return search;
  }

  /** Wakes the indexer after more was stored. Returns at once; called from any thread. */
  public void wake() {
    indexer.wake();
  }

  /** The number of the journal up to which everything can be found. */
  long indexed() {
    return indexer.indexed();
  }

  /** The number of messages and events that were not indexed at the last check. */
  public long behind() {
    return indexer.behind();
  }

  /** The size of the index on disk in bytes; 0 if unknown. */
  public long bytes() {
    try {
      return file.bytes();
    } catch (IOException e) {
      return 0;
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
            } catch (IOException e) {
              throw new CompletionException(e);
            }
          },
          searcher);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(e); // closed
    }
  }

  private Found find(Wanted wanted, Set<String> rooms) throws IOException {
    Journal journal = journal();
    long newest = journal.newest();
    boolean complete = newest - indexer.indexed() < SOON && indexer.await(newest, LONGEST_WAIT);
    try {
      IndexReader reader = reader();
      if (reader != null) {
        return find(wanted, rooms, complete, reader, journal);
      }
    } catch (SQLException e) {
      if (IndexTrouble.isDamage(e)) {
        indexer.doubt(generation, "is damaged");
      }
      log.debug("a search has failed", e);
    }
    return new Found(List.of(), null, false);
  }

  private Journal journal() throws IOException {
    if (journal == null) {
      journal = source.open();
    }
    return journal;
  }

  /** Reopens the index if it was rebuilt; null if there is none yet. */
  private @Nullable IndexReader reader() throws SQLException {
    int now = indexer.generation();
    if (now != generation) {
      closeReader();
      reader = new IndexReader(file);
      generation = now;
    }
    return reader;
  }

  private void closeReader() throws SQLException {
    if (reader != null) {
      IndexReader old = reader;
      reader = null;
      generation = 0;
      old.close();
    }
  }

  private static Found find(
      Wanted wanted, Set<String> rooms, boolean complete, IndexReader reader, Journal journal)
      throws SQLException, IOException {
    Set<Long> ids = reader.rooms(rooms);
    Hits hits = new Hits(wanted, rooms);
    if (ids.isEmpty()) {
      return hits.all(complete);
    }
    Query query = wanted.query();
    String match = Match.of(query, rooms.size() <= FEW_ROOMS ? rooms : Set.of());
    long from = reader.firstSince(query.fromMillis());
    long below = Math.min(below(wanted, rooms, journal), reader.endBefore(query.toMillis()));
    int limit = wanted.limit();
    int step = limit + 1;
    int passed = 0;
    while (passed < MOST_SKIPPED && hits.checked() < MOST_CHECKED) {
      List<Candidate> some = reader.find(match, below, from, step);
      List<Long> here =
          some.stream().filter(one -> ids.contains(one.room())).map(Candidate::n).toList();
      for (int i = 0; i < here.size(); i += limit + 1) {
        if (!hits.take(journal, here.subList(i, Math.min(here.size(), i + limit + 1)))) {
          return hits.page(complete);
        }
      }
      if (some.size() < step) {
        return hits.all(complete);
      }
      below = some.get(some.size() - 1).n();
      passed += some.size();
      if (!wanted.inOneRoom()) {
        hits.passed(below);
      }
      step = Math.min(2 * step, LONGEST_STEP);
    }
    return hits.part(complete);
  }

  /** The bound below which the numbers of matching messages are. */
  private static long below(Wanted wanted, Set<String> rooms, Journal journal) throws IOException {
    Long before = wanted.before();
    if (before == null || !wanted.inOneRoom()) {
      return before == null ? Long.MAX_VALUE : before;
    }
    long n = journal.numberFrom(rooms.iterator().next(), before);
    return n == 0 ? Long.MAX_VALUE : n;
  }

  @Override
  public void close() {
    indexer.close();
    if (searcher.isShutdown()) {
      return;
    }
    searcher.execute(this::closeAll);
    searcher.shutdown();
    try {
      thread.join(CLOSE_TIMEOUT.toMillis());
      searcher.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeAll() {
    try {
      closeReader();
      if (journal != null) {
        journal.close();
      }
    } catch (SQLException | IOException e) {
      log.debug("a search was not closed properly", e);
    }
  }
}
