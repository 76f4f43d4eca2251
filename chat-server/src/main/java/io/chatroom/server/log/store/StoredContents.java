package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.CopiedMessage;
import io.chatroom.server.log.sql.CopiedRoom;
import io.chatroom.server.log.sql.RandomName;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreSource;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * A store in a data directory, as the source of a copy. A copy of a backup has new epochs, as a
 * restored backup has.
 */
public final class StoredContents implements StoreSource {

  private static final int PAGE = 1_000;

  private final DataDirectory directory;
  private final Sqlite database;
  private final Connection connection;
  private final StoreState state;

  private StoredContents(DataDirectory directory, Sqlite database, Connection connection)
      throws SQLException {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
    connection.setAutoCommit(false);
    this.state = StoreState.read(connection);
  }

  /**
   * Opens the store.
   *
   * @throws IOException if there is none, or a server uses it; the message is one sentence for
   *     people
   */
  public static StoredContents of(Path data) throws IOException {
    Sqlite database = Sqlite.existing(data);
    DataDirectory directory = DataDirectory.takeEvenIfMoved(data);
    try {
      Connection connection = database.openToRead();
      try {
        database.requireCurrent(connection);
        return new StoredContents(directory, database, connection);
      } catch (SQLException | IOException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      directory.close();
      throw database.unusable(e);
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  @Override
  public String shown() {
    return NativePath.show(directory.path());
  }

  @Override
  public StoreCount check() throws IOException {
    try (PreparedStatement facts = connection.prepareStatement(Sql.COUNT_FACTS);
        ResultSet row = facts.executeQuery()) {
      StoreTools.Found found = StoreTools.look(connection);
      if (!found.faults().isEmpty()) {
        throw new IOException(
            "%s is damaged, %s; restore a backup, or save what can be read with chat-server repair %s"
                .formatted(
                    database.shown(), found.faults().get(0), NativePath.show(directory.path())));
      }
      row.next();
      return new StoreCount(found.rooms(), found.messages(), row.getLong(1));
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void rooms(Taker<CopiedRoom> taker) throws IOException {
    for (StoredRoom room : state.rooms()) {
      if (room.kept() > 0) {
        taker.take(
            new CopiedRoom(
                room.id(),
                room.name(),
                state.copied() ? RandomName.next() : room.epoch(),
                room.forgotten(),
                room.topic(),
                room.newest(),
                room.atMillis(),
                room.bytes()));
      }
    }
  }

  @Override
  public void messages(Taker<CopiedMessage> taker) throws IOException {
    try (PreparedStatement page = connection.prepareStatement(Sql.ALL_TO_COPY)) {
      long n = 0;
      long last;
      do {
        last = n;
        page.setLong(1, n);
        page.setInt(2, PAGE);
        try (ResultSet row = page.executeQuery()) {
          while (row.next()) {
            CopiedMessage message = CopiedMessage.of(row, text -> text);
            taker.take(message);
            n = message.n();
          }
        }
      } while (n > last);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void facts(Taker<Fact> taker) throws IOException {
    List<Fact> facts;
    try {
      facts = StoreExport.facts(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
    for (Fact fact : facts) {
      taker.take(fact);
    }
  }

  @Override
  public String moved(String to) throws IOException {
    try {
      directory.move(to + " on " + Instant.now().truncatedTo(ChronoUnit.SECONDS));
    } catch (FileSystemException e) {
      throw new IOException(
          "everything was copied to "
              + to
              + ", but "
              + FileTrouble.sentence(e)
              + "; do not start a server on "
              + shown()
              + " again",
          e);
    }
    return shown() + " is unchanged, and no server will start on it again";
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      directory.close();
    }
  }
}
