package io.chatroom.server.log.sql;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A message or event on its way from one store into another, in its place.
 *
 * @param n its number among all
 * @param room what the room is called by messages
 * @param bytes how much the room had taken in when it was in
 * @param author who said or did it
 * @param text what stands there for a text; null for a message that was deleted
 * @param detail what it has besides; null if a seed member said it
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

  /** The columns of one, in the order in which they are read. */
  public static final String COLUMNS =
      "n, room, seq, at, bytes, author, text, client, id, reply, kind, target, owned";

  /**
   * The message of a row that has {@link #COLUMNS}.
   *
   * @param plain makes of what stands in a column the text that was stored
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
