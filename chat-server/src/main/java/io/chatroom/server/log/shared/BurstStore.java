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

  private static final String STILL_THERE =
      """
      SELECT r.id, r.epoch FROM room r JOIN message m ON m.room = r.id
      WHERE r.name = ? AND m.seq = ? AND m.at = ?
      """;

  private static final int ROUNDS = 20;

  private static final Logger log = LoggerFactory.getLogger(BurstStore.class);

  private static final Duration COMPLAIN_AGAIN = Duration.ofMinutes(1);

  private final byte[] server;

  /** When it was said last that messages are refused; 0 before the first time. */
  private final AtomicLong complainedNanos = new AtomicLong();

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
    if (batch.isDoubtful()) {
      Stored there = stillThere(connection, room, batch);
      if (there != null) {
        SharedDatabase.barrier(connection);
        return there;
      }
      batch.isGone();
    }
    for (int round = 0; batch.messages() > 0; round++) { // each leaves fewer
      List<Line> lines = batch.lines();
      try {
        return append(connection, room, batch.mark(), lines);
      } catch (SQLException e) {
        if (round == ROUNDS) {
          throw e;
        } else if (SharedTrouble.isRepeated(e)) {
          batch.leave(again(connection, room.name(), lines));
        } else if (SharedTrouble.isOfContent(e)) {
          refuseBad(connection, room, batch, e);
        } else {
          throw e;
        }
      }
    }
    SharedDatabase.barrier(connection); // what was found may not be with the standby yet
    return null;
  }

  private void refuseBad(Connection connection, SharedRoom room, Batch batch, SQLException why)
      throws SQLException {
    List<Line> bad =
        new BadLines(connection, some -> append(connection, room, batch.mark(), some))
            .among(batch.lines());
    if (bad.isEmpty()) {
      throw why;
    }
    long now = System.nanoTime();
    if (complainedNanos.get() == 0 || now - complainedNanos.get() > COMPLAIN_AGAIN.toNanos()) {
      complainedNanos.set(now);
      log.error(
          "refused {} of {} messages in room {}, as the database rejects their content: {}",
          bad.size(),
          batch.messages(),
          room.name(),
          SharedTrouble.words(why));
    }
    batch.refuse(bad);
  }

  /** Where a batch that was stored stands now; null if it does not any more. */
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
