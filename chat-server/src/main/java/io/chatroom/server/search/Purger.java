package io.chatroom.server.search;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Takes the words of deleted messages out of the file. FTS5 only marks a row as gone; its words
 * stand there until it writes all of them anew without that row. That is done here in small
 * transactions, and what stood there is overwritten. For the thread of the writer.
 */
final class Purger {

  /** How many pages of the index one transaction writes, about. */
  private static final int PAGES = 250;

  /** FTS5 says so: a merge that changes less than this had nothing to do. */
  private static final int NOTHING = 2;

  private final Connection connection;

  /** Words of deleted messages stand in the file; the file says so, too. */
  private boolean wanted;

  /** All words are being written anew. */
  private boolean running;

  /** Something was taken out since that began. */
  private boolean again;

  Purger(Connection connection) throws SQLException {
    this.connection = connection;
    this.wanted = number("SELECT purge FROM state") > 0;
  }

  /** A row was taken out whose words may not stay. To be called in the same transaction. */
  void want() throws SQLException {
    run("UPDATE state SET purge = 1");
    wanted = true;
    again = true;
  }

  boolean isWanted() {
    return wanted;
  }

  /**
   * Does a part of it, in a transaction of its own.
   *
   * @return false if it cannot go on now, because it is done or somebody reads
   */
  boolean step() throws SQLException {
    if (!wanted) {
      return false;
    }
    try {
      long before = number("SELECT total_changes()");
      merge(running ? PAGES : -PAGES); // less than 0 begins with all that there is
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

  /** Always false: either it is done, or it must wait for those who read. */
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
