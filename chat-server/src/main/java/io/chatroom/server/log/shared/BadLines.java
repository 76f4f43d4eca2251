package io.chatroom.server.log.shared;

import io.chatroom.server.log.shared.Batch.Line;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out which messages of a batch the database never takes, because of what is in them: it
 * tries parts of the batch and stores none of them.
 */
final class BadLines {

  /** How lines are stored. */
  interface Attempt {

    void store(List<Line> lines) throws SQLException;
  }

  private final Connection connection;
  private final Attempt attempt;

  BadLines(Connection connection, Attempt attempt) {
    this.connection = connection;
    this.attempt = attempt;
  }

  /** Those of some lines that are not taken together. */
  List<Line> among(List<Line> lines) throws SQLException {
    if (lines.size() == 1) {
      return isTaken(lines) ? List.of() : lines;
    }
    int middle = lines.size() / 2;
    List<Line> bad = new ArrayList<>();
    for (List<Line> half : List.of(lines.subList(0, middle), lines.subList(middle, lines.size()))) {
      if (half.size() == 1 || !isTaken(half)) {
        bad.addAll(among(half));
      }
    }
    return bad;
  }

  private boolean isTaken(List<Line> lines) throws SQLException {
    connection.setAutoCommit(false);
    try {
      attempt.store(lines);
      return true;
    } catch (SQLException e) {
      if (SharedTrouble.isOfContent(e)) {
        return false;
      } else if (SharedTrouble.isRepeated(e)) {
        return true;
      }
      throw e;
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }
}
