package io.chatroom.server.log.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The state of a store when it is opened.
 *
 * @param newestN the highest number that any message has had
 * @param lastRoom the highest id of a room
 * @param copied true if it is a backup that was not opened yet
 */
record StoreState(long newestN, long lastRoom, boolean copied, List<StoredRoom> rooms) {

  /** Reads the state. The time depends on the number of rooms, not of messages. */
  static StoreState read(Connection connection) throws SQLException {
    long newestN;
    boolean copied;
    try (PreparedStatement store = connection.prepareStatement(Sql.STORE);
        ResultSet row = store.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("the table store is empty");
      }
      newestN = row.getLong(2);
      copied = row.getBoolean(3);
    }
    try (PreparedStatement newest = connection.prepareStatement(Sql.NEWEST_N);
        ResultSet row = newest.executeQuery()) {
      row.next();
      newestN = Math.max(newestN, row.getLong(1));
    }
    long lastRoom = 0;
    List<StoredRoom> all = new ArrayList<>();
    try (PreparedStatement rooms = connection.prepareStatement(Sql.ROOMS);
        ResultSet row = rooms.executeQuery()) {
      while (row.next()) {
        all.add(room(row));
        lastRoom = Math.max(lastRoom, row.getLong(1));
      }
    }
    connection.commit();
    return new StoreState(newestN, lastRoom, copied, all);
  }

  private static StoredRoom room(ResultSet row) throws SQLException {
    long forgotten = row.getLong(4);
    return new StoredRoom(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        forgotten,
        Math.max(forgotten, row.getLong(6)),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9),
        row.getString(5));
  }
}
