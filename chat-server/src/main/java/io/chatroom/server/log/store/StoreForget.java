package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Somebody;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.Forgetting;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes a person from a store that no server uses: their messages, and the facts about them, in
 * one transaction. Removed content is overwritten.
 */
public final class StoreForget implements AutoCloseable {

  private static final int PAGE = 1_000;
  private static final int ROW_BYTES = 64;

  /** A message or event with the person's name. */
  private record Line(
      long n, long room, long seq, String author, @Nullable String kind, @Nullable String target) {

    boolean isMessage() {
      return kind == null;
    }
  }

  private final DataDirectory directory;
  private final Sqlite database;
  private final Connection connection;

  private StoreForget(DataDirectory directory, Sqlite database, Connection connection) {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
  }

  /**
   * Opens a store.
   *
   * @throws IOException if there is none, it is unusable, or a server uses it; the message is one
   *     sentence for people
   */
  public static StoreForget open(Path data) throws IOException {
    Sqlite database = Sqlite.existing(data);
    DataDirectory directory = DataDirectory.take(data);
    try {
      return new StoreForget(directory, database, database.openToWrite());
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  /**
   * Deletes a person's messages: erases the texts, replaces the author by {@link
   * Forgetting#FORGOTTEN}, and adds a deletion event to the room, for clients that have the
   * message.
   */
  public Forgetting.Done forget(Forgetting.Whom whom, long nowMillis, Forgetting.Note note)
      throws IOException {
    return transaction(whom, Forgetting.FORGOTTEN, nowMillis, note);
  }

  /** Renames the author of a person's messages. The texts stay. */
  public Forgetting.Done rename(Forgetting.Whom whom, String name, Forgetting.Note note)
      throws IOException {
    return transaction(whom, name, 0, note);
  }

  private Forgetting.Done transaction(
      Forgetting.Whom whom, String name, long eraseAt, Forgetting.Note note) throws IOException {
    try {
      try {
        List<Fact> all = StoreExport.facts(connection);
        Somebody person = new Somebody(whom::isMeant, all);
        StoreState state = StoreState.read(connection);
        List<Line> lines = lines(person, state.newestN());
        if (eraseAt > 0) {
          erase(lines, state, eraseAt);
        }
        rename(lines, person, name, eraseAt > 0);
        renameRooms(state, whom);
        List<Fact> changes = all.stream().filter(person::isIn).toList();
        try (FactWriter facts = new FactWriter(connection)) {
          facts.store(changes.stream().map(fact -> person.without(fact, name)).toList());
          facts.store(note.of(all));
        }
        connection.commit();
        Sqlite.cutLog(connection);
        long messages = lines.stream().filter(Line::isMessage).count();
        return new Forgetting.Done(messages, lines.size() - messages, changes.size());
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private List<Line> lines(Somebody person, long newestN) throws SQLException {
    Map<String, Boolean> known = new HashMap<>(); // names are few, messages many
    List<Line> found = new ArrayList<>();
    try (PreparedStatement all = connection.prepareStatement(Sql.AUTHORS)) {
      long n = 0;
      long last;
      do {
        last = n;
        all.setLong(1, n);
        all.setInt(2, PAGE);
        try (ResultSet row = all.executeQuery()) {
          while (row.next()) {
            Line line = line(row);
            n = line.n;
            String target = isPerson(line) ? line.target : null;
            if (known.computeIfAbsent(line.author, person::hasName)
                || (target != null && known.computeIfAbsent(target, person::hasName))) {
              found.add(line);
            }
          }
        }
      } while (n > last && n < newestN);
    }
    return found;
  }

  private static Line line(ResultSet row) throws SQLException {
    return new Line(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getString(5),
        row.getString(6));
  }

  /** Returns true if the target of an event is a person, not the number of a message. */
  private static boolean isPerson(Line event) {
    return event.target != null && !RoomEvent.DELETED.equals(event.kind);
  }

  /** Appends a deletion event to the room of each message that has a text. */
  private void erase(List<Line> lines, StoreState state, long nowMillis) throws SQLException {
    Map<Long, StoredRoom> rooms = new HashMap<>();
    state.rooms().forEach(room -> rooms.put(room.id(), room));
    long n = state.newestN();
    try (PreparedStatement erase = connection.prepareStatement(Sql.ERASE_IF_THERE);
        RowWriter rows = new RowWriter(connection)) {
      for (Line line : lines) {
        StoredRoom room = rooms.get(line.room);
        erase.setLong(1, line.n);
        if (room == null || !line.isMessage() || erase.executeUpdate() == 0) {
          continue;
        }
        StoredRoom after = room.with(Math.max(nowMillis, room.atMillis()), ROW_BYTES);
        rows.place(++n, after.id(), after.newest(), after.atMillis(), after.bytes());
        rows.add(Forgetting.BY, null, RoomEvent.deleted(Forgetting.BY, line.seq));
        rooms.put(line.room, after);
      }
    }
  }

  private void rename(List<Line> lines, Somebody person, String name, boolean forget)
      throws SQLException {
    try (PreparedStatement author = connection.prepareStatement(Sql.RENAME);
        PreparedStatement client = connection.prepareStatement(Sql.FORGET_CLIENT);
        PreparedStatement topic = connection.prepareStatement(Sql.FORGET_TOPIC);
        PreparedStatement topicOfRoom = connection.prepareStatement(Sql.FORGET_TOPIC_OF_ROOM)) {
      for (Line line : lines) {
        boolean wrote = person.hasName(line.author);
        boolean target = isPerson(line) && person.hasName("" + line.target);
        author.setString(1, wrote ? name : line.author);
        author.setString(2, target ? name : line.target);
        author.setLong(3, line.n);
        author.executeUpdate();
        if (forget && line.isMessage()) {
          client.setLong(1, line.n);
          client.executeUpdate();
        } else if (forget && wrote && RoomEvent.TOPIC.equals(line.kind)) {
          topicOfRoom.setLong(1, line.room); // if it is the newest topic there
          topicOfRoom.setLong(2, line.n);
          topicOfRoom.executeUpdate();
          topic.setLong(1, line.n);
          topic.executeUpdate();
        }
      }
    }
  }

  private void renameRooms(StoreState state, Forgetting.Whom whom) throws SQLException {
    try (PreparedStatement rename = connection.prepareStatement(Sql.RENAME_ROOM)) {
      for (StoredRoom room : state.rooms()) {
        String name = whom.roomWithout(room.name());
        if (!name.equals(room.name())) {
          rename.setString(1, name);
          rename.setLong(2, room.id());
          rename.executeUpdate();
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      directory.close();
    }
  }
}
