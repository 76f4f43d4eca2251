package io.chatroom.server.log.sql;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A message in a row of the table {@code message}, in any database. */
public final class MessageRow {

  /** The columns of a message, in the order in which they are read. */
  public static final String COLUMNS =
      "seq, at, author, text, client, id, reply, kind, target, owned";

  /**
   * Selects messages of a room, in order; parameters: its id, the first and the last number, and
   * the limit.
   */
  public static final String READ =
      "SELECT "
          + COLUMNS
          + " FROM message WHERE room = ? AND seq >= ? AND seq <= ? ORDER BY seq LIMIT ?";

  /** The approximate overhead of a message on disk: its row and its share of two indexes. */
  public static final int ROW_BYTES = 64;

  /** The approximate memory of a message without its text. */
  public static final int MESSAGE_BYTES = 64;

  private MessageRow() {}

  /** The message of a row that begins with {@link #COLUMNS}, with unencoded texts. */
  public static Message message(ResultSet row) throws SQLException {
    return message(row, 1, UnaryOperator.identity());
  }

  /**
   * The message of a row that contains {@link #COLUMNS}.
   *
   * @param first the index of the first one, from 1 on
   * @param plain decodes a text column
   */
  public static Message message(ResultSet row, int first, UnaryOperator<String> plain)
      throws SQLException {
    String author = plain.apply(row.getString(first + 2));
    String text = text(row, first + 3, plain);
    Detail detail = detail(row, first, plain, author, text);
    String shown = detail instanceof RoomEvent ? "" : text;
    return new Message(row.getLong(first), row.getLong(first + 1), author, shown, detail);
  }

  private static @Nullable Detail detail(
      ResultSet row, int first, UnaryOperator<String> plain, String author, @Nullable String text)
      throws SQLException {
    byte[] client = row.getBytes(first + 4);
    if (client != null) {
      return new Post(
          ClientKey.client(client),
          plain.apply(row.getString(first + 5)),
          row.getLong(first + 6),
          row.getBoolean(first + 9));
    }
    String kind = text(row, first + 7, plain);
    return kind == null ? null : new RoomEvent(kind, author, text(row, first + 8, plain), text);
  }

  private static @Nullable String text(ResultSet row, int column, UnaryOperator<String> plain)
      throws SQLException {
    String stored = row.getString(column);
    return stored == null ? null : plain.apply(stored);
  }

  /** The value of the column {@code text} for a message of a burst. */
  public static @Nullable String text(Burst burst, int message, @Nullable Detail detail) {
    return detail instanceof RoomEvent event ? event.text() : burst.text(message);
  }

  /** The value of the column {@code author}: the payload of the name frame. */
  public static String name(Author author) {
    byte[] frame = author.nameFrame();
    int header = Math.min(LengthHeader.BYTES, frame.length);
    return new String(frame, header, frame.length - header, StandardCharsets.UTF_8);
  }
}
