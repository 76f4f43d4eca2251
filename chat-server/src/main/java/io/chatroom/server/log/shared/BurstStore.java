package io.chatroom.server.log.shared;

import io.chatroom.server.log.Post;
import io.chatroom.server.log.shared.Batch.Duplicate;
import io.chatroom.server.log.shared.Batch.Line;
import io.chatroom.server.log.sql.ClientKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores batches, one statement each, and finds duplicate posts. Storing a batch is idempotent. */
final class BurstStore {

  /**
   * The place of a stored batch.
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

  private static final String STILL_THERE =
      """
      SELECT r.id, r.epoch FROM room r JOIN message m ON m.room = r.id
      WHERE r.name = ? AND m.seq = ? AND m.at = ?
      """;

  private static final int MAX_ROUNDS = 20;

  private static final Logger log = LoggerFactory.getLogger(BurstStore.class);

  private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

  private final byte[] server;

  /** When rejected messages were last logged; 0 if never. */
  private final AtomicLong loggedNanos = new AtomicLong();

  /**
   * @param server the id of this run of the server
   */
  BurstStore(byte[] server) {
    this.server = server.clone();
  }

  /**
   * Stores a batch.
   *
   * @return null if the batch had nothing new to store
   * @throws SQLException if nothing was stored, or the outcome is unknown
   */
  @Nullable Stored store(Connection connection, SharedRoom room, Batch batch) throws SQLException {
    if (batch.isDoubtful()) {
      Stored there = stillThere(connection, room, batch);
      if (there != null) {
        SharedDatabase.barrier(connection);
        return there;
      }
      batch.markLost();
    }
    for (int round = 0; batch.messages() > 0; round++) { // each round skips some lines
      List<Line> lines = batch.lines();
      try {
        return append(connection, room, batch.mark(), lines);
      } catch (SQLException e) {
        if (round == MAX_ROUNDS) {
          throw e;
        } else if (SharedTrouble.isRepeated(e)) {
          batch.skip(duplicates(connection, room.name(), lines));
        } else if (SharedTrouble.isOfContent(e)) {
          rejectLines(connection, room, batch, e);
        } else {
          throw e;
        }
      }
    }
    SharedDatabase.barrier(connection); // the duplicates may not be on the standby yet
    return null;
  }

  private void rejectLines(Connection connection, SharedRoom room, Batch batch, SQLException why)
      throws SQLException {
    List<Line> rejected =
        new RejectedLines(connection, some -> append(connection, room, batch.mark(), some))
            .among(batch.lines());
    if (rejected.isEmpty()) {
      throw why;
    }
    long now = System.nanoTime();
    if (loggedNanos.get() == 0 || now - loggedNanos.get() > LOG_INTERVAL.toNanos()) {
      loggedNanos.set(now);
      log.error(
          "refused {} of {} messages in room {}, as the database rejects their content: {}",
          rejected.size(),
          batch.messages(),
          room.name(),
          SharedTrouble.words(why));
    }
    batch.reject(rejected);
  }

  /** Looks up a batch that was stored before; null if the store has lost it. */
  private static @Nullable Stored stillThere(Connection connection, SharedRoom room, Batch batch)
      throws SQLException {
    try (PreparedStatement there = connection.prepareStatement(STILL_THERE)) {
      there.setString(1, room.name());
      there.setLong(2, batch.firstSeq());
      there.setLong(3, batch.atMillis());
      try (ResultSet row = there.executeQuery()) {
        return row.next()
            ? new Stored(row.getLong(1), batch.firstSeq(), batch.atMillis(), row.getString(2))
            : null;
      }
    }
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
          throw new SQLException("chat_append_1 returned no row");
        }
        requireNoWarning(append.getWarnings());
        requireNoWarning(connection.getWarnings());
        return new Stored(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4));
      }
    }
  }

  /**
   * Treats a warning as a failure. The database warns, for example, when its wait for the standby
   * was cancelled, and then the data is not safe yet.
   */
  static void requireNoWarning(@Nullable SQLWarning warning) throws SQLException {
    if (warning != null) {
      throw new SQLException(warning.getMessage(), warning.getSQLState(), warning);
    }
  }

  /** Finds the lines whose post is already in the store, or earlier among the lines. */
  private static List<Duplicate> duplicates(Connection connection, String room, List<Line> lines)
      throws SQLException {
    Map<String, Original> known = find(connection, room, lines);
    Map<String, Line> before = new HashMap<>();
    List<Duplicate> duplicates = new ArrayList<>();
    for (Line line : lines) {
      if (line.detail() instanceof Post post) {
        String key = key(post.client(), post.id());
        Original original = known.get(key);
        Line earlier = original == null ? before.putIfAbsent(key, line) : null;
        if (original != null) {
          boolean isRepeat =
              original.here && (original.text == null || same(original.text, line.text()));
          duplicates.add(new Duplicate(line, post, original.seq, original.atMillis, -1, isRepeat));
        } else if (earlier != null) {
          boolean isRepeat = Objects.equals(earlier.text(), line.text());
          duplicates.add(new Duplicate(line, post, 0, 0, earlier.index(), isRepeat));
        }
      }
    }
    return duplicates;
  }

  private static boolean same(String stored, @Nullable String text) {
    return stored.equals(Nul.escapeOrNull(text));
  }

  /**
   * A stored post.
   *
   * @param text the escaped text; null if it was deleted
   * @param here true if it is in the requested room
   */
  private record Original(long seq, long atMillis, @Nullable String text, boolean here) {}

  private static Map<String, Original> find(Connection connection, String room, List<Line> lines)
      throws SQLException {
    List<byte[]> clients = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (Line line : lines) {
      if (line.detail() instanceof Post post) {
        clients.add(ClientKey.of(post.client()));
        ids.add(Nul.escape(post.id()));
      }
    }
    Map<String, Original> known = new HashMap<>();
    try (PreparedStatement find = connection.prepareStatement(FIND)) {
      find.setArray(1, connection.createArrayOf("bytea", clients.toArray(byte[][]::new)));
      find.setArray(2, connection.createArrayOf("text", ids.toArray()));
      try (ResultSet row = find.executeQuery()) {
        while (row.next()) {
          known.put(
              key(ClientKey.client(row.getBytes(1)), Nul.unescape(row.getString(2))),
              new Original(
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
