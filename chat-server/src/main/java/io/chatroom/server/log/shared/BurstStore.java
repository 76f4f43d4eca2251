package io.chatroom.server.log.shared;

import io.chatroom.server.log.Post;
import io.chatroom.server.log.shared.Batch.Again;
import io.chatroom.server.log.shared.Batch.Line;
import io.chatroom.server.log.sql.ClientKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Stores batches, each by one statement, and finds out which posts were there before. However often
 * a batch is stored, it is there once.
 */
final class BurstStore {

  /**
   * What has become of a batch whose messages are stored.
   *
   * @param room the id of its room
   */
  record Stored(long room, long firstSeq, long atMillis, String epoch) {}

  private static final String APPEND =
      "SELECT * FROM chat_append_1(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String FIND =
      """
      SELECT m.client, m.id, r.name, m.seq, m.at, m.text
      FROM unnest(?::bytea[], ?::text[]) AS w(client, id)
      JOIN message m ON m.client = w.client AND m.id = w.id JOIN room r ON r.id = m.room
      """;

  private static final int ROUNDS = 20;

  private final byte[] server;

  /**
   * @param server what the store calls this run of this server
   */
  BurstStore(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Stores a batch.
   *
   * @return null if nothing of it had to be stored, as all of it was there before
   * @throws SQLException if nothing was stored, or that is not known
   */
  @Nullable Stored store(Connection connection, SharedRoom room, Batch batch) throws SQLException {
    for (int round = 0; batch.messages() > 0; round++) { // CH001 leaves fewer
      List<Line> lines = batch.lines();
      try {
        return append(connection, room, batch.mark(), lines);
      } catch (SQLException e) {
        if (!SharedTrouble.isRepeated(e) || round == ROUNDS) {
          throw e;
        }
        batch.leave(again(connection, room.name(), lines));
      }
    }
    SharedDatabase.barrier(connection); // what was found may not be with the standby yet
    return null;
  }

  private Stored append(Connection connection, SharedRoom room, long mark, List<Line> lines)
      throws SQLException {
    int count = lines.size();
    MessageColumns columns = new MessageColumns(count);
    lines.forEach(columns::add);
    try (PreparedStatement append = connection.prepareStatement(APPEND)) {
      append.setBytes(1, server);
      append.setString(2, room.name());
      append.setString(3, room.epoch());
      append.setLong(4, mark);
      append.setLong(5, room.newest());
      append.setLong(6, room.atMillis());
      columns.bind(connection, append, 7);
      try (ResultSet row = append.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the function that stores has said nothing");
        }
        requireNoWarning(append.getWarnings());
        requireNoWarning(connection.getWarnings());
        return new Stored(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
      }
    }
  }

  /**
   * Such as that the database was told to wait for its standby no longer: so it is not safe yet.
   */
  static void requireNoWarning(@Nullable SQLWarning warning) throws SQLException {
    if (warning != null) {
      throw new SQLException(warning.getMessage(), warning.getSQLState(), warning);
    }
  }

  /** Which of some lines were there before, in the store or among themselves. */
  private static List<Again> again(Connection connection, String room, List<Line> lines)
      throws SQLException {
    Map<String, First> known = find(connection, room, lines);
    Map<String, Line> before = new HashMap<>();
    List<Again> again = new ArrayList<>();
    for (Line line : lines) {
      if (line.detail() instanceof Post post) {
        String key = key(post.client(), post.id());
        First first = known.get(key);
        Line earlier = first == null ? before.putIfAbsent(key, line) : null;
        if (first != null) {
          boolean repeats = first.here && (first.text == null || same(first.text, line.text()));
          again.add(new Again(line, post, first.seq, first.atMillis, -1, repeats));
        } else if (earlier != null) {
          boolean repeats = Objects.equals(earlier.text(), line.text());
          again.add(new Again(line, post, 0, 0, earlier.index(), repeats));
        }
      }
    }
    return again;
  }

  private static boolean same(String stored, @Nullable String text) {
    return stored.equals(Nul.hideIn(text));
  }

  /**
   * A post as it is stored.
   *
   * @param text as it is stored; null if it was deleted
   * @param here whether it is in the room that is asked for
   */
  private record First(long seq, long atMillis, @Nullable String text, boolean here) {}

  private static Map<String, First> find(Connection connection, String room, List<Line> lines)
      throws SQLException {
    List<byte[]> clients = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (Line line : lines) {
      if (line.detail() instanceof Post post) {
        clients.add(ClientKey.of(post.client()));
        ids.add(Nul.hide(post.id()));
      }
    }
    Map<String, First> known = new HashMap<>();
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setArray(1, connection.createArrayOf("bytea", clients.toArray(byte[][]::new)));
      find.setArray(2, connection.createArrayOf("text", ids.toArray()));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          known.put(
              key(ClientKey.client(row.getBytes(1)), Nul.show(row.getString(2))),
              new First(
                  row.getLong(4), row.getLong(5), row.getString(6), room.equals(row.getString(3))));
        }
      }
    }
    return known;
  }

  private static String key(String client, String id) {
    return client.length() + ":" + client + id;
  }
}
