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
import org.jspecify.annotations.Nullable;

/** A shared store that is copied; servers that start meanwhile can store nothing. */
public final class SharedContents implements StoreSource {

  private final SharedDatabase database;
  private final Connection connection;
  private @Nullable StoreCount count;

  private SharedContents(SharedDatabase database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Takes it.
   *
   * @throws IOException if it cannot be used, or a server uses it; the message is one sentence for
   *     people
   */
  public static SharedContents of(StoreAddress address) throws IOException {
    SharedDatabase database = SharedDatabase.openToRead(address);
    try {
      Connection connection = database.connectForLong();
      try {
        SharedTools.takeAll(database, connection);
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
  public StoreCount count() throws IOException {
    StoreCount counted = count;
    if (counted == null) {
      counted = countOfSound();
      count = counted;
    }
    return counted;
  }

  private StoreCount countOfSound() throws IOException {
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
                  topic == null ? null : Nul.show(topic),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8)));
        });
  }

  @Override
  public void messages(Taker<CopiedMessage> taker) throws IOException {
    each(
        "SELECT " + CopiedMessage.COLUMNS + " FROM message ORDER BY n",
        row -> taker.take(CopiedMessage.of(row, Nul::show)));
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
    return shown() + " is unchanged; do not start a server with it again";
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
