package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Removes the words of deleted messages from the file. FTS5 only marks a row as deleted; its words
 * remain until a merge rewrites them without it. This class merges in small transactions, and the
 * old content is overwritten. For the writer's thread.
 */
final class Purger {

  /** The approximate number of pages that one transaction writes. */
  private static final int PAGES = 250;

  /** A merge that changes fewer rows had nothing to do, according to FTS5's documentation. */
  private static final int NOTHING = 2;

  private final Connection connection;

  /** True if words of deleted messages are in the file, which also records that. */
  private boolean wanted;

  /** True while a merge is in progress. */
  private boolean running;

  /** True if a row was removed since the merge began. */
  private boolean again;

  Purger(Connection connection) throws SQLException {
    this.connection = connection;
    this.wanted = number("SELECT purge FROM state") > 0;
  }

  /** Requests a purge, after the removal of a row. Call it in the same transaction. */
  void want() throws SQLException {
    run("UPDATE state SET purge = 1");
    wanted = true;
    again = true;
  }

  boolean isWanted() {
    return wanted;
  }

  /**
   * Does one step, in its own transaction.
   *
   * @return false if it cannot continue now, because it is done, or a reader prevents it
   */
  boolean step() throws SQLException {
    if (!wanted) {
      return false;
    }
    try {
      long before = number("SELECT total_changes()");
      merge(running ? PAGES : -PAGES); // a negative number begins a merge of everything
      again &= running;
      running = true;
      boolean merged = number("SELECT total_changes()") - before < NOTHING;
      connection.commit();
      if (!merged) {
        return true;
      }
      running = false;
      return again || end();
    } catch (SQLException e) {
      running = false;
      connection.rollback();
      throw e;
    }
  }

  private void merge(int pages) throws SQLException {
    try (PreparedStatement merge =
        connection.prepareStatement("INSERT INTO words (words, rank) VALUES ('merge', ?)")) {
      merge.setInt(1, pages);
      merge.executeUpdate();
    }
  }

  /** Ends the purge, unless it must wait for readers. Returns false in either case. */
  private boolean end() throws SQLException {
    if (IndexFile.cutLog(connection)) {
      run("UPDATE state SET purge = 0");
      connection.commit();
      wanted = false;
    }
    return false;
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return result.next() ? result.getLong(1) : 0;
    }
  }
}
