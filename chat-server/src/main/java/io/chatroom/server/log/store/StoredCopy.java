package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.CopiedMessage;
import io.chatroom.server.log.sql.CopiedRoom;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.sql.StoreTarget;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * A new store in a data directory, as the target of a copy. It has a temporary name until the copy
 * is finished.
 */
public final class StoredCopy implements StoreTarget {

  private static final int TRANSACTION = 10_000;
  private static final int CHECKPOINT = 100_000;

  private final DataDirectory directory;
  private final Sqlite database;
  private final Connection connection;
  private final RowWriter messages;
  private final FactWriter facts;
  private long added;

  private StoredCopy(DataDirectory directory, Sqlite database, Connection connection)
      throws SQLException {
    this.directory = directory;
    this.database = database;
    this.connection = connection;
    this.messages = new RowWriter(connection);
    this.facts = new FactWriter(connection);
  }

  /**
   * Begins a copy.
   *
   * @throws IOException if the directory cannot be used, or has a store; the message is one
   *     sentence for people
   */
  public static StoredCopy into(Path data) throws IOException {
    DataDirectory directory = DataDirectory.take(data);
    try {
      if (Files.exists(data.resolve(Sqlite.FILE))) {
        throw new IOException(
            NativePath.show(data) + " has a store already, expected a new directory");
      }
      SqliteLibrary.load(data);
      Path draft = data.resolve(Sqlite.FILE + StoreTools.NEW);
      StoreTools.deleteAll(draft);
      Sqlite database = new Sqlite(data, draft);
      Connection connection = database.openToWrite();
      try {
        return new StoredCopy(directory, database, connection);
      } catch (SQLException e) {
        connection.close();
        throw database.unusable(e);
      }
    } catch (FileSystemException e) {
      directory.close();
      throw new IOException(FileTrouble.sentence(e), e);
    } catch (SQLException e) {
      directory.close();
      throw new IOException(e);
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
  public void add(CopiedRoom room) throws IOException {
    try (PreparedStatement add = connection.prepareStatement(Sql.NEW_ROOM);
        PreparedStatement topic = connection.prepareStatement(Sql.TOPIC)) {
      add.setLong(1, room.id());
      add.setString(2, room.name());
      add.setString(3, room.epoch());
      add.setLong(4, room.forgotten());
      add.executeUpdate();
      topic.setString(1, room.topic());
      topic.setLong(2, room.id());
      topic.executeUpdate();
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void add(CopiedMessage message) throws IOException {
    try {
      messages.place(message.n(), message.room(), message.seq(), message.at(), message.bytes());
      messages.add(message.author(), message.text(), message.detail());
      if (++added % TRANSACTION == 0) {
        connection.commit();
      }
      if (added % CHECKPOINT == 0) {
        Sqlite.checkpoint(connection);
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void add(Fact fact) throws IOException {
    try {
      facts.store(List.of(fact));
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public StoreCount count() throws IOException {
    try (PreparedStatement counts = connection.prepareStatement(Sql.COUNTS);
        ResultSet row = counts.executeQuery();
        PreparedStatement all = connection.prepareStatement(Sql.COUNT_FACTS);
        ResultSet factRow = all.executeQuery()) {
      row.next();
      factRow.next();
      return new StoreCount(row.getLong(2), row.getLong(1), factRow.getLong(1));
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  @Override
  public void finish() throws IOException {
    try {
      connection.commit();
      messages.close();
      facts.close();
      Sqlite.checkpoint(connection);
      Sqlite.cutLog(connection);
      connection.close();
    } catch (SQLException e) {
      throw database.unusable(e);
    }
    try {
      Files.move(
          database.file(), directory.path().resolve(Sqlite.FILE), StandardCopyOption.ATOMIC_MOVE);
      directory.sync();
    } catch (FileSystemException e) {
      throw new IOException(FileTrouble.sentence(e), e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
      StoreTools.deleteAll(database.file());
    } catch (SQLException e) {
      throw database.unusable(e);
    } finally {
      directory.close();
    }
  }
}
