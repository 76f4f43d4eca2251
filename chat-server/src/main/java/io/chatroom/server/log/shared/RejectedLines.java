package io.chatroom.server.log.shared;

import io.chatroom.server.log.shared.Batch.Line;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the lines of a batch that the database rejects because of their content. It bisects: each
 * part is tried in a transaction that is always rolled back, so nothing is stored.
 */
final class RejectedLines {

  /** Stores lines in the current transaction. */
  interface Attempt {

    void store(List<Line> lines) throws SQLException;
  }

  private final Connection connection;
  private final Attempt attempt;

  RejectedLines(Connection connection, Attempt attempt) {
    this.connection = connection;
    this.attempt = attempt;
  }

  /** Returns the rejected ones of some lines that were rejected together. */
  List<Line> among(List<Line> lines) throws SQLException {
    if (lines.size() == 1) {
      return isAccepted(lines) ? List.of() : lines;
    }
    int middle = lines.size() / 2;
    List<Line> rejected = new ArrayList<>();
    for (List<Line> half : List.of(lines.subList(0, middle), lines.subList(middle, lines.size()))) {
      if (half.size() == 1 || !isAccepted(half)) {
        rejected.addAll(among(half));
      }
    }
    return rejected;
  }

  private boolean isAccepted(List<Line> lines) throws SQLException {
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
