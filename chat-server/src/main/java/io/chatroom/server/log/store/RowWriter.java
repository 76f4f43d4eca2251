package io.chatroom.server.log.store;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.ClientKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import org.jspecify.annotations.Nullable;

/** Stores single messages. */
final class RowWriter implements AutoCloseable {

  private final PreparedStatement add;

  RowWriter(Connection connection) throws SQLException {
    add = connection.prepareStatement(Sql.ADD);
  }

  /** Sets the position of the next message. */
  void place(long n, long room, long seq, long atMillis, long bytes) throws SQLException {
    add.setLong(1, n);
    add.setLong(2, room);
    add.setLong(3, seq);
    add.setLong(4, atMillis);
    add.setLong(5, bytes);
  }

  /**
   * Stores a message at that position.
   *
   * @return false if its post is stored already
   */
  boolean add(String author, @Nullable String text, @Nullable Detail detail) throws SQLException {
    add.setString(6, detail instanceof RoomEvent event ? event.by() : author);
    add.setString(7, text);
    if (detail instanceof Post post) {
      add.setBytes(8, ClientKey.of(post.client()));
      add.setString(9, post.id());
    } else {
      add.setNull(8, Types.BLOB);
      add.setNull(9, Types.VARCHAR);
    }
    if (detail instanceof Post post && post.owned()) {
      add.setInt(13, 1);
    } else {
      add.setNull(13, Types.INTEGER);
    }
    if (detail instanceof Post post && post.replyTo() > 0) {
      add.setLong(10, post.replyTo());
    } else {
      add.setNull(10, Types.BIGINT);
    }
    RoomEvent event = detail instanceof RoomEvent it ? it : null;
    add.setString(11, event == null ? null : event.kind());
    add.setString(12, event == null ? null : event.target());
    return add.executeUpdate() > 0;
  }

  @Override
  public void close() throws SQLException {
    add.close();
  }
}
