package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.sql.ClientKey;
import io.chatroom.server.log.sql.CopiedMessage;
import io.chatroom.server.log.sql.CopiedRoom;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreTarget;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * A shared store as the target of a copy. It is filled by {@code COPY}, the fastest way in, and in
 * one transaction, so that it is copied whole or not at all.
 */
public final class SharedCopy implements StoreTarget {

  /** The number of characters to collect before sending. */
  private static final int SEND_CHARACTERS = 64 * 1024;

  private static final String ROOMS =
      "COPY room (id, name, epoch, forgotten, topic, newest, at, bytes) FROM STDIN";
  private static final String MESSAGES = "COPY message (" + CopiedMessage.COLUMNS + ") FROM STDIN";
  private static final String FACTS = "COPY fact (kind, key, value, version) FROM STDIN";

  private final SharedDatabase database;
  private final Connection connection;
  private final StringBuilder rows = new StringBuilder(2 * SEND_CHARACTERS);
  private @Nullable CopyIn copy;
  private String copied = "";

  private SharedCopy(SharedDatabase database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Begins a copy.
   *
   * @throws IOException if the database cannot be used, a server is using it, or it is not empty;
   *     the message is one sentence for people
   */
  public static SharedCopy into(StoreAddress address) throws IOException {
    SharedDatabase database = SharedDatabase.open(address);
    try {
      Connection connection = database.connectForLong();
      try {
        SharedTools.lockAll(database, connection);
        StoreCount there = SharedTools.count(connection);
        if (there.rooms() + there.messages() + there.facts() > 0) {
          throw new IOException(
              "%s is not empty, it has %s; expected a new database, created with: %s"
                  .formatted(database.shown(), there, address.createdb("NAME")));
        }
        return new SharedCopy(database, connection);
      } catch (SQLException | IOException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      database.close();
      throw database.unusable(e);
    } catch (IOException e) {
      database.close();
      throw e;
    }
  }

  @Override
  public String shown() {
    return database.shown();
  }

  @Override
  public void add(CopiedRoom room) throws IOException {
    row(
        ROOMS,
        "" + room.id(),
        room.name(),
        room.epoch(),
        "" + room.forgotten(),
        Nul.escapeOrNull(room.topic()),
        "" + room.newest(),
        "" + room.at(),
        "" + room.bytes());
  }

  @Override
  public void add(CopiedMessage message) throws IOException {
    Post post = message.detail() instanceof Post it ? it : null;
    RoomEvent event = message.detail() instanceof RoomEvent it ? it : null;
    row(
        MESSAGES,
        "" + message.n(),
        "" + message.room(),
        "" + message.seq(),
        "" + message.at(),
        "" + message.bytes(),
        Nul.escape(message.author()),
        Nul.escapeOrNull(message.text()),
        post == null ? null : "\\x" + HexFormat.of().formatHex(ClientKey.of(post.client())),
        post == null ? null : Nul.escape(post.id()),
        post == null || post.replyTo() == 0 ? null : "" + post.replyTo(),
        event == null ? null : event.kind(),
        event == null ? null : Nul.escapeOrNull(event.target()),
        post == null || !post.owned() ? null : "true");
  }

  @Override
  public void add(Fact fact) throws IOException {
    row(FACTS, fact.kind(), Nul.escape(fact.key()), Nul.escapeOrNull(fact.value()), "1");
  }

  private void row(String into, @Nullable String... columns) throws IOException {
    if (!into.equals(copied)) {
      endRows();
      copied = into;
    }
    for (int i = 0; i < columns.length; i++) {
      if (i > 0) {
        rows.append('\t');
      }
      column(columns[i]);
    }
    rows.append('\n');
    if (rows.length() > SEND_CHARACTERS) {
      send();
    }
  }

  private void column(@Nullable String text) {
    if (text == null) {
      rows.append("\\N");
      return;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> rows.append("\\\\");
        case '\t' -> rows.append("\\t");
        case '\n' -> rows.append("\\n");
        case '\r' -> rows.append("\\r");
        default -> rows.append(c);
      }
    }
  }

  private void send() throws IOException {
    try {
      if (copy == null) {
        copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copied);
      }
      byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
      copy.writeToCopy(bytes, 0, bytes.length);
      rows.setLength(0);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private void endRows() throws IOException {
    if (rows.length() > 0) {
      send();
    }
    try {
      if (copy != null) {
        copy.endCopy();
        copy = null;
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public StoreCount count() throws IOException {
    endRows();
    try {
      return SharedTools.count(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void finish() throws IOException {
    endRows();
    try (Statement statement = connection.createStatement()) {
      statement.execute("INSERT INTO fact_kind (kind, version) SELECT DISTINCT kind, 1 FROM fact");
      statement.execute(
          "SELECT setval('message_n', n) FROM (SELECT max(n) AS n FROM message) AS newest"
              + " WHERE n IS NOT NULL");
      statement.execute(
          "SELECT setval(pg_get_serial_sequence('room', 'id'), id)"
              + " FROM (SELECT max(id) AS id FROM room) AS last WHERE id IS NOT NULL");
      connection.commit();
    } catch (SQLException e) {
      throw new IOException(
          "the copy may be incomplete, as its commit failed: "
              + SharedTrouble.words(e)
              + "; check it with: chat-server check "
              + database.shown(),
          e);
    }
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      statement.execute("ANALYZE room, message, fact");
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close(); // rolls back what is not committed
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      database.close();
    }
  }
}
