package io.chatroom.server.log.sql;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A message or event that is copied from one store to another, with its place.
 *
 * @param n its number among all messages
 * @param room the id of its room
 * @param bytes the total size of its room's messages up to this one
 * @param author the name of its author
 * @param text the stored text; null for a deleted message
 * @param detail its detail; null for a seed member's message
 */
public record CopiedMessage(
    long n,
    long room,
    long seq,
    long at,
    long bytes,
    String author,
    @Nullable String text,
    @Nullable Detail detail) {

  /** The columns of a message, in the order in which they are read. */
  public static final String COLUMNS =
      "n, room, seq, at, bytes, author, text, client, id, reply, kind, target, owned";

  /**
   * The message of a row that has {@link #COLUMNS}.
   *
   * @param plain decodes a text column
   */
  public static CopiedMessage of(ResultSet row, UnaryOperator<String> plain) throws SQLException {
    String author = plain.apply(row.getString(6));
    String text = text(row, 7, plain);
    return new CopiedMessage(
        row.getLong(1),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        author,
        text,
        detail(row, plain, author, text));
  }

  private static @Nullable Detail detail(
      ResultSet row, UnaryOperator<String> plain, String author, @Nullable String text)
      throws SQLException {
    byte[] client = row.getBytes(8);
    if (client != null) {
      return new Post(
          ClientKey.client(client),
          plain.apply(row.getString(9)),
          row.getLong(10),
          row.getBoolean(13));
    }
    String kind = text(row, 11, plain);
    return kind == null ? null : new RoomEvent(kind, author, text(row, 12, plain), text);
  }

  private static @Nullable String text(ResultSet row, int column, UnaryOperator<String> plain)
      throws SQLException {
    String stored = row.getString(column);
    return stored == null ? null : plain.apply(stored);
  }
}
