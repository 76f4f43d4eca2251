package io.chatroom.server.search;

import io.chatroom.server.log.Journal;
import io.chatroom.server.search.WordTables.State;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps an index in PostgreSQL up to date. Each server has one, but only one at a
 * time works: the one whose transaction has locked the row with the state of the index. When its
 * server stops or crashes, another one takes over at once.
 *
 * <p>Numbers of the journal are assigned before their transactions commit, so a lower number may
 * become visible after a higher one. So the index advances to a number only after all transactions
 * have ended that were running when that number was first seen. To know them, it takes a
 * transaction id of its own: a snapshot alone does not show the youngest transactions.
 */
final class WordFollower implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(WordFollower.class);

  /** The most lines of one transaction. */
  private static final int BATCH = 1_000;

  private static final Duration BETWEEN_CLEANINGS = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * A number that was seen in the journal, and when no lower number can appear any more.
   *
   * @param transaction once all transactions before this one have ended
   */
  private record Seen(long n, long transaction) {}

  private final Connections connections;
  private final Journal.Source source;
  private final Duration idle;

  // The thread's own.
  private Duration pause = FIRST_PAUSE;
  private @Nullable Seen seen;
  private long settled;
  private long cleaned;
  private long cleanedAt = System.nanoTime();
  private boolean stoodAside;

  private volatile long behind;
  private boolean closing;

  /**
   * @param idle the pause at the end of the journal
   */
  WordFollower(Connections connections, Journal.Source source, Duration idle) {
    this.connections = connections;
    this.source = source;
    this.idle = idle;
  }

  /** An upper bound of the lines that were not in the index at the last check. */
  long behind() {
    return behind;
  }

  synchronized void close() {
    closing = true;
    notifyAll();
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized void rest(Duration most) {
    long until = System.nanoTime() + most.toNanos();
    long left = most.toMillis();
    try {
      while (!closing && left > 0) {
        wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      }
    } catch (InterruptedException e) {
      closing = true; // only an end of this thread interrupts it
    }
  }

  @Override
  public void run() {
    while (!isClosing()) {
      try {
        followToTheEnd();
        pause = FIRST_PAUSE;
        rest(idle);
      } catch (SQLException | IOException e) {
        inTrouble(connections.words(e), e);
      } catch (RuntimeException e) {
        inTrouble("internal error of chat-server, please report it: " + e, e);
      }
    }
  }

  private void inTrouble(String reason, Exception e) {
    if (pause.equals(FIRST_PAUSE)) {
      log.warn("the search index is not updated for now: {}", reason);
    }
    log.debug("why", e);
    rest(pause);
    pause = pause.multipliedBy(2);
    pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  private void followToTheEnd() throws SQLException, IOException {
    try (Connection connection = connections.open();
        Journal journal = source.open()) {
      connection.setAutoCommit(false);
      boolean more = true;
      while (more && !isClosing()) {
        long began = System.nanoTime();
        more = step(connection, journal);
        connection.commit();
        if (more) { // leaves at least half of the time to posts
          rest(Duration.ofNanos(System.nanoTime() - began));
        }
      }
    }
  }

  /** Indexes a batch; returns false if nothing is left to do, or another server does it. */
  private boolean step(Connection connection, Journal journal) throws SQLException, IOException {
    State there = WordTables.state(connection);
    if (there == null || there.version() < WordTables.VERSION) {
      WordTables.create(connection);
      return true;
    }
    if (there.isNewer()) {
      if (!stoodAside) {
        stoodAside = true;
        log.info("a newer chat-server maintains the search index, so this one does not");
      }
      return false;
    }
    long newest = journal.newest();
    behind = Math.max(0, newest - there.n());
    if (behind == 0 && !isTimeToClean()) {
      return false;
    }
    State state = WordTables.take(connection);
    if (state == null || !state.isOurs()) {
      return false;
    }
    settle(connection, newest);
    if (settled <= state.n()) {
      return isTimeToClean() && clean(connection, journal);
    }
    List<Journal.Line> lines =
        journal.after(state.n(), BATCH).stream().filter(line -> line.n() <= settled).toList();
    long upTo = lines.isEmpty() ? settled : lines.get(lines.size() - 1).n();
    new WordWriter(connection).add(lines, upTo);
    behind = Math.max(0, newest - upTo);
    return true;
  }

  /** Advances the number below which no further line can appear. */
  private void settle(Connection connection, long newest) throws SQLException {
    if (seen == null && newest > settled) {
      seen = new Seen(newest, number(connection, "pg_current_xact_id()"));
    }
    if (seen != null
        && number(connection, "pg_snapshot_xmin(pg_current_snapshot())") >= seen.transaction) {
      settled = seen.n;
      seen = null;
    }
  }

  private static long number(Connection connection, String transaction) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + transaction + "::text::bigint")) {
      row.next();
      return row.getLong(1);
    }
  }

  private boolean isTimeToClean() {
    return cleaned != 0 || System.nanoTime() - cleanedAt > BETWEEN_CLEANINGS.toNanos();
  }

  /** Removes what rooms no longer contain, some rooms at a time; returns false after the last. */
  private boolean clean(Connection connection, Journal journal) throws SQLException, IOException {
    cleaned = new WordWriter(connection).clean(journal, cleaned);
    cleanedAt = System.nanoTime();
    return cleaned != 0;
  }
}
