package io.chatroom.server.log.store;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores bursts within the transaction of its connection, and finds out which posts were there
 * before. It remembers nothing: whether the transaction is committed is for others.
 */
final class BurstWriter implements AutoCloseable {

  /** What a message counts beside its bytes: its row and its part of two indexes, about. */
  private static final int ROW_BYTES = 64;

  /**
   * What has become of a burst.
   *
   * @param before the room before it
   * @param after the room with it
   * @param again what of it was there before
   */
  record Stored(StoredRoom before, StoredRoom after, List<Again> again) {

    long firstSeq() {
      return before.newest() + 1;
    }
  }

  /**
   * A post whose id was there before.
   *
   * @param message which of its burst, from 0 on
   * @param seq the number of the first one
   * @param atMillis when that was said
   * @param repeats whether it is the same, in the same room
   */
  record Again(int message, Author author, Post post, long seq, long atMillis, boolean repeats) {}

  private final PreparedStatement newRoom;
  private final PreparedStatement dropRoom;
  private final PreparedStatement topic;
  private final PreparedStatement add;
  private final PreparedStatement find;

  BurstWriter(Connection connection) throws SQLException {
    newRoom = connection.prepareStatement(Sql.NEW_ROOM);
    dropRoom = connection.prepareStatement(Sql.DROP_ROOM);
    topic = connection.prepareStatement(Sql.TOPIC);
    add = connection.prepareStatement(Sql.ADD);
    find = connection.prepareStatement(Sql.FIND_POST);
  }

  /**
   * Stores a burst.
   *
   * @param newId the id of its room if that is not stored yet
   * @param n the number that its first message gets among those of all rooms
   */
  Stored store(Burst burst, StoredRoom before, long newId, long n, long atMillis)
      throws SQLException {
    long id = before.id() > 0 ? before.id() : newRoom(before, newId);
    List<Again> again = new ArrayList<>(0);
    long seq = before.newest();
    long bytes = before.bytes();
    String about = before.topic();
    for (Burst.Segment segment : burst.segments()) {
      String author = name(segment.author());
      for (int i = segment.from(); i < segment.to(); i++) {
        Detail detail = burst.detail(i);
        String text = text(burst, i, detail);
        long size = (long) burst.size(i) + ROW_BYTES;
        number(n + seq - before.newest(), id, seq + 1, atMillis, bytes + size);
        what(author, text, detail);
        if (add.executeUpdate() > 0) {
          seq++;
          bytes += size;
          if (detail instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
            about = text == null || text.isEmpty() ? null : text;
            topic(id, about);
          }
        } else if (detail instanceof Post post) {
          again.add(first(i, segment.author(), post, id, text));
        }
      }
    }
    StoredRoom after =
        new StoredRoom(
            id, before.name(), before.epoch(), before.forgotten(), seq, atMillis, bytes, about);
    return new Stored(before, after, again);
  }

  /** Takes a room away that keeps nothing. */
  void drop(StoredRoom room) throws SQLException {
    dropRoom.setLong(1, room.id());
    dropRoom.executeUpdate();
  }

  private static @Nullable String text(Burst burst, int message, @Nullable Detail detail) {
    return detail instanceof RoomEvent event ? event.text() : burst.text(message);
  }

  /** The payload of its frame, whose header has ten bytes. */
  private static String name(Author author) {
    byte[] frame = author.nameFrame();
    int header = Math.min(LengthHeader.BYTES, frame.length);
    return new String(frame, header, frame.length - header, StandardCharsets.UTF_8);
  }

  private long newRoom(StoredRoom room, long id) throws SQLException {
    newRoom.setLong(1, id);
    newRoom.setString(2, room.name());
    newRoom.setString(3, room.epoch());
    newRoom.executeUpdate();
    return id;
  }

  private void topic(long room, @Nullable String text) throws SQLException {
    topic.setString(1, text);
    topic.setLong(2, room);
    topic.executeUpdate();
  }

  private void number(long n, long room, long seq, long atMillis, long bytes) throws SQLException {
    add.setLong(1, n);
    add.setLong(2, room);
    add.setLong(3, seq);
    add.setLong(4, atMillis);
    add.setLong(5, bytes);
  }

  private void what(String author, @Nullable String text, @Nullable Detail detail)
      throws SQLException {
    add.setString(6, detail instanceof RoomEvent event ? event.by() : author);
    add.setString(7, text);
    if (detail instanceof Post post) {
      add.setBytes(8, ClientKey.of(post.client()));
      add.setString(9, post.id());
    } else {
      add.setNull(8, Types.BLOB);
      add.setNull(9, Types.VARCHAR);
    }
    if (detail instanceof Post post && post.replyTo() > 0) {
      add.setLong(10, post.replyTo());
    } else {
      add.setNull(10, Types.BIGINT);
    }
    RoomEvent event = detail instanceof RoomEvent it ? it : null;
    add.setString(11, event == null ? null : event.kind());
    add.setString(12, event == null ? null : event.target());
  }

  private Again first(int message, Author author, Post post, long room, @Nullable String text)
      throws SQLException {
    find.setBytes(1, ClientKey.of(post.client()));
    find.setString(2, post.id());
    try (ResultSet row = find.executeQuery()) {
      if (!row.next()) {
        throw new SQLException("a post is there and cannot be found");
      }
      boolean repeats = row.getLong(1) == room && row.getString(4).equals(text);
      return new Again(message, author, post, row.getLong(2), row.getLong(3), repeats);
    }
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement statement : List.of(newRoom, dropRoom, topic, add, find)) {
      statement.close();
    }
  }
}
