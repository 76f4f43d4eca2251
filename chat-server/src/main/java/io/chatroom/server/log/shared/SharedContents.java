package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.CopiedMessage;
import io.chatroom.server.log.sql.CopiedRoom;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** A shared store as the source of a copy. Servers that start meanwhile cannot store anything. */
public final class SharedContents implements StoreSource {

  private final SharedDatabase database;
  private final Connection connection;

  private SharedContents(SharedDatabase database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Opens and locks it.
   *
   * @throws IOException if it cannot be used, or a server is using it; the message is one sentence
   *     for people
   */
  public static SharedContents of(StoreAddress address) throws IOException {
    SharedDatabase database = SharedDatabase.openToRead(address);
    try {
      Connection connection = database.connectForLong();
      try {
        SharedTools.lockAll(database, connection);
        return new SharedContents(database, connection);
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
  public StoreCount check() throws IOException {
    try {
      List<String> faults = SharedTools.faults(connection);
      if (!faults.isEmpty()) {
        throw new IOException(
            shown() + " is damaged, " + faults.get(0) + "; restore a backup of the database");
      }
      return SharedTools.count(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void rooms(Taker<CopiedRoom> taker) throws IOException {
    each(
        "SELECT id, name, epoch, forgotten, topic, newest, at, bytes FROM room"
            + " WHERE newest > forgotten",
        row -> {
          String topic = row.getString(5);
          taker.take(
              new CopiedRoom(
                  row.getLong(1),
                  row.getString(2),
                  row.getString(3),
                  row.getLong(4),
                  topic == null ? null : Nul.unescape(topic),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8)));
        });
  }

  @Override
  public void messages(Taker<CopiedMessage> taker) throws IOException {
    each(
        "SELECT " + CopiedMessage.COLUMNS + " FROM message ORDER BY n",
        row -> taker.take(CopiedMessage.of(row, Nul::unescape)));
  }

  @Override
  public void facts(Taker<Fact> taker) throws IOException {
    try {
      for (Fact fact : SharedExport.facts(connection)) {
        taker.take(fact);
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private void each(String sql, SharedExport.Row taker) throws IOException {
    try {
      SharedExport.each(connection, sql, taker);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public String moved(String to) {
    return shown() + " is unchanged; do not start a server on it again";
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      database.close();
    }
  }
}
