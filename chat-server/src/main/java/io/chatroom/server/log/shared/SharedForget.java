package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Somebody;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.Forgetting;
import io.chatroom.server.log.sql.MessageRow;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Removes a person from a shared store that no server is using: messages, events and facts. It is
 * one transaction that scans all messages.
 */
public final class SharedForget {

  /** Events whose target is a person; the target of a deletion is the seq of a message. */
  private static final String TARGET =
      "kind IS NOT NULL AND kind <> '" + RoomEvent.DELETED + "' AND target IS NOT NULL";

  private final Connection connection;
  private final Forgetting.Whom whom;
  private final String name;
  private final long eraseAt;

  private SharedForget(Connection connection, Forgetting.Whom whom, String name, long eraseAt) {
    this.connection = connection;
    this.whom = whom;
    this.name = name;
    this.eraseAt = eraseAt;
  }

  /**
   * Deletes a person's messages: they lose their texts and get the author {@link
   * Forgetting#FORGOTTEN}, and each gets a deletion event in its room, for clients that have
   * received it.
   *
   * @throws IOException if that fails, or a server is using the store; the message is one sentence
   *     for people
   */
  public static Forgetting.Done forget(
      StoreAddress address, Forgetting.Whom whom, long nowMillis, Forgetting.Note note)
      throws IOException {
    return transaction(address, whom, Forgetting.FORGOTTEN, nowMillis, note);
  }

  /** Changes the author of a person's messages. The texts stay. */
  public static Forgetting.Done rename(
      StoreAddress address, Forgetting.Whom whom, String name, Forgetting.Note note)
      throws IOException {
    return transaction(address, whom, name, 0, note);
  }

  private static Forgetting.Done transaction(
      StoreAddress address, Forgetting.Whom whom, String name, long eraseAt, Forgetting.Note note)
      throws IOException {
    try (SharedDatabase database = SharedDatabase.openExisting(address);
        Connection connection = database.connectForLong()) {
      try {
        SharedTools.lockAll(database, connection);
        Forgetting.Done done = new SharedForget(connection, whom, name, eraseAt).all(note);
        connection.commit();
        connection.setAutoCommit(true);
        try (Statement vacuum = connection.createStatement()) {
          vacuum.execute("VACUUM message, room, fact"); // frees the deleted texts for overwriting
        }
        return done;
      } catch (SQLException e) {
        throw database.unusable(e);
      }
    } catch (SQLException e) {
      throw new IOException(address + " cannot be used: " + SharedTrouble.words(e), e);
    }
  }

  private Forgetting.Done all(Forgetting.Note note) throws SQLException, IOException {
    List<Fact> facts = SharedExport.facts(connection);
    Somebody person = new Somebody(whom::isMeant, facts);
    List<String> authors = names("SELECT DISTINCT author FROM message", person::hasName);
    List<String> targets =
        names("SELECT DISTINCT target FROM message WHERE " + TARGET, person::hasName);
    long messages =
        number("SELECT count(*) FROM message WHERE kind IS NULL AND author = ANY (?)", authors);
    long events =
        number(
            "SELECT count(*) FROM message WHERE kind IS NOT NULL"
                + " AND (author = ANY (?) OR ("
                + TARGET
                + " AND target = ANY (?)))",
            authors,
            targets);
    if (eraseAt > 0) {
      erase(authors);
      forgetTopics(authors);
    }
    change(
        "UPDATE message SET target = ? WHERE " + TARGET + " AND target = ANY (?)",
        Nul.escape(name),
        targets);
    change(
        "UPDATE message SET owned = NULL, author = ? WHERE author = ANY (?)",
        Nul.escape(name),
        authors);
    renameRooms();
    List<Fact> changes = facts.stream().filter(person::isIn).toList();
    List<Fact> remains = new ArrayList<>();
    changes.forEach(fact -> remains.add(person.without(fact, name)));
    remains.addAll(note.of(facts));
    remember(remains);
    return new Forgetting.Done(messages, events, changes.size());
  }

  private List<String> names(String sql, Predicate<String> isPerson) throws SQLException {
    List<String> names = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        if (isPerson.test(Nul.unescape(row.getString(1)))) {
          names.add(row.getString(1));
        }
      }
    }
    return names;
  }

  /** Deletes the texts, and appends a deletion event to the room of each message that had one. */
  private void erase(List<String> authors) throws SQLException {
    change(
        "CREATE TEMPORARY TABLE erased ON COMMIT DROP AS SELECT n, room, seq,"
            + " row_number() OVER (PARTITION BY room ORDER BY seq) AS place FROM message"
            + " WHERE kind IS NULL AND text IS NOT NULL AND author = ANY (?)",
        authors);
    change(
        "UPDATE message SET text = NULL, client = NULL, id = NULL"
            + " WHERE kind IS NULL AND author = ANY (?)",
        authors);
    change(
        """
        INSERT INTO message (room, seq, at, bytes, author, kind, target)
        SELECT room.id, newest + place, greatest(at, ?), bytes + place * ?, ?, ?, erased.seq::text
        FROM erased JOIN room ON room.id = erased.room ORDER BY room.id, place
        """,
        eraseAt,
        MessageRow.ROW_BYTES,
        Forgetting.BY,
        RoomEvent.DELETED);
    change(
        """
        UPDATE room SET newest = newest + count, at = greatest(at, ?), bytes = bytes + count * ?
        FROM (SELECT room, count(*) AS count FROM erased GROUP BY room) AS more
        WHERE more.room = room.id
        """,
        eraseAt,
        MessageRow.ROW_BYTES);
  }

  /** Deletes the person's topics, and the current topic of rooms where it is the person's. */
  private void forgetTopics(List<String> authors) throws SQLException {
    change(
        """
        UPDATE room SET topic = NULL WHERE id IN (
          SELECT room FROM (
            SELECT DISTINCT ON (room) room, author FROM message WHERE kind = 'topic'
            ORDER BY room, seq DESC) AS newest
          WHERE author = ANY (?))
        """,
        authors);
    change("UPDATE message SET text = '' WHERE kind = 'topic' AND author = ANY (?)", authors);
  }

  private void renameRooms() throws SQLException {
    Map<Long, String> renamed = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT id, name FROM room")) {
      while (row.next()) {
        String without = whom.roomWithout(row.getString(2));
        if (!without.equals(row.getString(2))) {
          renamed.put(row.getLong(1), without);
        }
      }
    }
    try (PreparedStatement rename =
        connection.prepareStatement("UPDATE room SET name = ? WHERE id = ?")) {
      for (Map.Entry<Long, String> room : renamed.entrySet()) {
        rename.setString(1, room.getValue());
        rename.setLong(2, room.getKey());
        rename.executeUpdate();
      }
    }
  }

  private void remember(List<Fact> facts) throws SQLException {
    List<String> kinds = facts.stream().map(Fact::kind).distinct().sorted().toList();
    if (kinds.isEmpty()) {
      return;
    }
    Map<String, Long> versions = new HashMap<>(FactSql.lock(connection, kinds));
    versions.replaceAll((kind, version) -> version + 1);
    FactSql.write(connection, facts, versions);
  }

  /** Executes an update; parameters are numbers, texts, or lists of texts. */
  private void change(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, parameters);
      statement.executeUpdate();
    }
  }

  private long number(String sql, Object... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      set(statement, parameters);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void set(PreparedStatement statement, Object... parameters) throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      if (parameters[i] instanceof List<?> names) {
        statement.setArray(i + 1, connection.createArrayOf("text", names.toArray()));
      } else {
        statement.setObject(i + 1, parameters[i]);
      }
    }
  }
}
