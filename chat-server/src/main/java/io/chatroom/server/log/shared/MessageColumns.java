package io.chatroom.server.log.shared;

import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.shared.Batch.Line;
import io.chatroom.server.log.sql.ClientKey;
import io.chatroom.server.log.sql.MessageRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The columns of some lines, as the array parameters of the database's functions. */
final class MessageColumns {

  private final @Nullable Object[] authors;
  private final @Nullable Object[] texts;
  private final byte[] @Nullable [] clients;
  private final @Nullable Object[] ids;
  private final @Nullable Object[] replies;
  private final @Nullable Object[] kinds;
  private final @Nullable Object[] targets;
  private final @Nullable Object[] owned;
  private final @Nullable Object[] sizes;
  private final @Nullable Object[] deletes;
  private int count;
  private boolean anyPost;
  private boolean anyEvent;
  private boolean anyDelete;
  private boolean setsTopic;
  private @Nullable String topic;

  MessageColumns(int count) {
    authors = new Object[count];
    texts = new Object[count];
    clients = new byte[count][];
    ids = new Object[count];
    replies = new Object[count];
    kinds = new Object[count];
    targets = new Object[count];
    owned = new Object[count];
    sizes = new Object[count];
    deletes = new Object[count];
  }

  void add(Line line) {
    int i = count++;
    texts[i] = Nul.escapeOrNull(line.text());
    sizes[i] = line.size();
    deletes[i] = 0L;
    if (line.detail() instanceof RoomEvent event) {
      anyEvent = true;
      authors[i] = Nul.escape(event.by());
      kinds[i] = Nul.escape(event.kind());
      targets[i] = Nul.escapeOrNull(event.target());
      deletes[i] = event.deletes();
      anyDelete |= event.deletes() > 0;
      if (event.kind().equals(RoomEvent.TOPIC)) {
        setsTopic = true;
        String about = Nul.escapeOrNull(event.text());
        topic = about == null || about.isEmpty() ? null : about;
      }
      return;
    }
    authors[i] = Nul.escape(MessageRow.name(line.author()));
    if (line.detail() instanceof Post post) {
      anyPost = true;
      clients[i] = ClientKey.of(post.client());
      ids[i] = Nul.escape(post.id());
      replies[i] = post.replyTo() > 0 ? post.replyTo() : null;
      owned[i] = post.owned() ? true : null;
    }
  }

  /** Binds all columns as parameters of {@code chat_append_1}, starting at {@code from}. */
  void bind(Connection connection, PreparedStatement append, int from) throws SQLException {
    bindPosts(connection, append, from);
    bind(connection, append, from + 5, "text", kinds, anyEvent);
    bind(connection, append, from + 6, "text", targets, anyEvent);
    bind(connection, append, from + 7, "bool", owned, anyPost);
    append.setArray(from + 8, connection.createArrayOf("int8", sizes));
    append.setString(from + 9, topic);
    append.setBoolean(from + 10, setsTopic);
    bind(connection, append, from + 11, "int8", deletes, anyDelete);
  }

  /** Binds the columns of plain messages as parameters of {@code chat_append_together_1}. */
  void bindPlain(Connection connection, PreparedStatement append, int from) throws SQLException {
    bindPosts(connection, append, from);
    bind(connection, append, from + 5, "bool", owned, anyPost);
    append.setArray(from + 6, connection.createArrayOf("int8", sizes));
  }

  /** Binds the first five columns, which both functions have. */
  private void bindPosts(Connection connection, PreparedStatement append, int from)
      throws SQLException {
    append.setArray(from, connection.createArrayOf("text", authors));
    append.setArray(from + 1, connection.createArrayOf("text", texts));
    bind(connection, append, from + 2, "bytea", clients, anyPost);
    bind(connection, append, from + 3, "text", ids, anyPost);
    bind(connection, append, from + 4, "int8", replies, anyPost);
  }

  /** Binds a column; null if it is empty. */
  private static void bind(
      Connection connection,
      PreparedStatement append,
      int parameter,
      String type,
      @Nullable Object[] column,
      boolean any)
      throws SQLException {
    append.setArray(parameter, any ? connection.createArrayOf(type, column) : null);
  }
}
