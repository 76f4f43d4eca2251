package io.chatroom.server.log.store;

import io.chatroom.server.log.sql.RandomName;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Begins a new epoch in all rooms, because the store differs from the one that clients know. */
final class Epochs {

  private Epochs() {}

  /** Renews all epochs within the connection's transaction and commits it. */
  static void renew(Connection connection) throws SQLException {
    List<Long> rooms = new ArrayList<>();
    try (PreparedStatement names = connection.prepareStatement(Sql.ROOM_NAMES);
        ResultSet row = names.executeQuery()) {
      while (row.next()) {
        rooms.add(row.getLong(1));
      }
    }
    try (PreparedStatement epoch = connection.prepareStatement(Sql.NEW_EPOCH)) {
      for (long room : rooms) {
        epoch.setString(1, RandomName.next());
        epoch.setLong(2, room);
        epoch.executeUpdate();
      }
    }
    try (PreparedStatement rename = connection.prepareStatement(Sql.RENAME_STORE)) {
      rename.setString(1, RandomName.next());
      rename.executeUpdate();
    }
    connection.commit();
  }
}
