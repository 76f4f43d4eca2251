package io.chatroom.server.log.store;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.ClientKey;
import io.chatroom.server.log.sql.MessageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores bursts within the transaction of its connection and detects repeated posts. Stateless; the
 * caller commits.
 */
final class BurstWriter implements AutoCloseable {

  /**
   * The result of storing a burst.
   *
   * @param before the room before it
   * @param after the room with it
   * @param again its repeated posts
   * @param erases whether an event of it has deleted a message
   */
  record Stored(StoredRoom before, StoredRoom after, List<Again> again, boolean erases) {

    long firstSeq() {
      return before.newest() + 1;
    }
  }

  /**
   * A repeated post.
   *
   * @param message its index in the burst
   * @param seq the sequence number of the first one
   * @param atMillis the time of the first one
   * @param repeats true if both have the same content and room
   */
  record Again(int message, Author author, Post post, long seq, long atMillis, boolean repeats) {}

  private final PreparedStatement newRoom;
  private final PreparedStatement dropRoom;
  private final PreparedStatement topic;
  private final RowWriter rows;
  private final PreparedStatement find;
  private final PreparedStatement erase;

  BurstWriter(Connection connection) throws SQLException {
    newRoom = connection.prepareStatement(Sql.NEW_ROOM);
    dropRoom = connection.prepareStatement(Sql.DROP_ROOM);
    topic = connection.prepareStatement(Sql.TOPIC);
    rows = new RowWriter(connection);
    find = connection.prepareStatement(Sql.FIND_POST);
    erase = connection.prepareStatement(Sql.ERASE);
  }

  /**
   * Stores a burst.
   *
   * @param newId the id for its room if the room is not stored yet
   * @param n the number of its first message among those of all rooms
   */
  Stored store(Burst burst, StoredRoom before, long newId, long n, long atMillis)
      throws SQLException {
    long id = before.id() > 0 ? before.id() : newRoom(before, newId);
    List<Again> again = new ArrayList<>(0);
    long seq = before.newest();
    long bytes = before.bytes();
    String about = before.topic();
    boolean erases = false;
    for (Burst.Segment segment : burst.segments()) {
      String author = MessageRow.name(segment.author());
      for (int i = segment.from(); i < segment.to(); i++) {
        Detail detail = burst.detail(i);
        String text = MessageRow.text(burst, i, detail);
        long size = (long) burst.size(i) + MessageRow.ROW_BYTES;
        rows.place(n + seq - before.newest(), id, seq + 1, atMillis, bytes + size);
        if (rows.add(author, text, detail)) {
          seq++;
          bytes += size;
          if (detail instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
            about = text == null || text.isEmpty() ? null : text;
            topic(id, about);
          } else if (detail instanceof RoomEvent event && event.deletes() > 0) {
            erase(id, event.deletes());
            erases = true;
          }
        } else if (detail instanceof Post post) {
          again.add(first(i, segment.author(), post, id, text));
        }
      }
    }
    StoredRoom after =
        new StoredRoom(
            id,
            before.name(),
            before.epoch(),
            before.forgotten(),
            seq,
            atMillis,
            bytes,
            before.kept() == 0 ? before.bytes() : before.floorBytes(),
            about);
    return new Stored(before, after, again, erases);
  }

  /** Deletes a room that keeps nothing. */
  void drop(StoredRoom room) throws SQLException {
    dropRoom.setLong(1, room.id());
    dropRoom.executeUpdate();
  }

  private long newRoom(StoredRoom room, long id) throws SQLException {
    newRoom.setLong(1, id);
    newRoom.setString(2, room.name());
    newRoom.setString(3, room.epoch());
    newRoom.setLong(4, 0);
    newRoom.executeUpdate();
    return id;
  }

  private void topic(long room, @Nullable String text) throws SQLException {
    topic.setString(1, text);
    topic.setLong(2, room);
    topic.executeUpdate();
  }

  private void erase(long room, long seq) throws SQLException {
    erase.setLong(1, room);
    erase.setLong(2, seq);
    erase.executeUpdate();
  }

  private Again first(int message, Author author, Post post, long room, @Nullable String text)
      throws SQLException {
    find.setBytes(1, ClientKey.of(post.client()));
    find.setString(2, post.id());
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a post is there and cannot be found");
      }
      String stored = row.getString(4); // null once it was deleted
      boolean repeats = row.getLong(1) == room && (stored == null || stored.equals(text));
      return new Again(message, author, post, row.getLong(2), row.getLong(3), repeats);
    }
  }

  @Override
  public void close() throws SQLException {
    rows.close();
    for (PreparedStatement statement : List.of(newRoom, dropRoom, topic, find, erase)) {
      statement.close();
    }
  }
}
