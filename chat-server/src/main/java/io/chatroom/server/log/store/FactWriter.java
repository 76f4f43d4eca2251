package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Stores facts within the transaction of its connection. */
final class FactWriter implements AutoCloseable {

  private final PreparedStatement remember;
  private final PreparedStatement forget;

  FactWriter(Connection connection) throws SQLException {
    remember = connection.prepareStatement(Sql.REMEMBER);
    forget = connection.prepareStatement(Sql.FORGET);
  }

  void store(List<Fact> changes) throws SQLException {
    for (Fact change : changes) {
      PreparedStatement statement = change.value() == null ? forget : remember;
      statement.setString(1, change.kind());
      statement.setString(2, change.key());
      if (change.value() != null) {
        statement.setString(3, change.value());
      }
      statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    remember.close();
    forget.close();
  }
}
