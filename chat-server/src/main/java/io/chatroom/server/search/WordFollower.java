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
 * The thread that keeps an index in PostgreSQL up to date. Each server has one, and one of them at
 * a time works: the one whose transaction has the row that says how far the index goes. A server
 * that dies or stops is followed by another one at once.
 *
 * <p>Numbers of the journal are given out before they are committed, so a lower one may come later
 * than a higher one. The index goes up to a number only when every transaction has ended that wrote
 * when that number was seen. It takes one of its own to know which these are: a snapshot alone does
 * not tell of the youngest ones.
 */
final class WordFollower implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(WordFollower.class);

  /** What one transaction takes. */
  private static final int BATCH = 1_000;

  private static final Duration BETWEEN_CLEANINGS = Duration.ofSeconds(30);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /**
   * A number that was seen, and by when it is certain that nothing comes below it.
   *
   * @param transaction when every one before this has ended
   */
  private record Seen(long n, long transaction) {}

  private final Connections connections;
  private final Journal.Source source;
  private final Duration idle;

  // The thread's own.
  private Duration pause = FIRST_PAUSE;
  private @Nullable Seen seen;
  private long certain;
  private long cleaned;
  private long cleanedAt = System.nanoTime();
  private boolean stoodAside;

  private volatile long behind;
  private boolean closing;

  /**
   * @param idle how long it rests when it has come to the end
   */
  WordFollower(Connections connections, Journal.Source source, Duration idle) {
    this.connections = connections;
    this.source = source;
    this.idle = idle;
  }

  /** How much of the journal is not in the index yet, at most, as far as it has looked. */
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
      closing = true; // nobody means this thread but one that ends it
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
        inTrouble("this is a defect of chat-server, please report it: " + e, e);
      }
    }
  }

  private void inTrouble(String reason, Exception e) {
    if (pause.equals(FIRST_PAUSE)) {
      log.warn("the index for searches stays behind for now: {}", reason);
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
        if (more) { // so that those who talk have at least half of the time
          rest(Duration.ofNanos(System.nanoTime() - began));
        }
      }
    }
  }

  /** Takes a part in; false if nothing is left to do for now, or another server does it. */
  private boolean step(Connection connection, Journal journal) throws SQLException, IOException {
    State there = WordTables.state(connection);
    if (there == null || there.version() < WordTables.VERSION) {
      WordTables.create(connection);
      return true;
    }
    if (there.isNewer()) {
      if (!stoodAside) {
        stoodAside = true;
        log.info("the index for searches is that of a newer chat-server, which keeps it");
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
    look(connection, newest);
    if (certain <= state.n()) {
      return isTimeToClean() && clean(connection, journal);
    }
    List<Journal.Line> lines =
        journal.after(state.n(), BATCH).stream().filter(line -> line.n() <= certain).toList();
    long upTo = lines.isEmpty() ? certain : lines.get(lines.size() - 1).n();
    new WordWriter(connection).add(lines, upTo);
    behind = Math.max(0, newest - upTo);
    return true;
  }

  /** Looks up to which number nothing can come any more. */
  private void look(Connection connection, long newest) throws SQLException {
    if (seen == null && newest > certain) {
      seen = new Seen(newest, number(connection, "pg_current_xact_id()"));
    }
    if (seen != null
        && number(connection, "pg_snapshot_xmin(pg_current_snapshot())") >= seen.transaction) {
      certain = seen.n;
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

  /** Takes out what rooms keep no more, some rooms at a time; false if there are no more. */
  private boolean clean(Connection connection, Journal journal) throws SQLException, IOException {
    cleaned = new WordWriter(connection).clean(journal, cleaned);
    cleanedAt = System.nanoTime();
    return cleaned != 0;
  }
}
