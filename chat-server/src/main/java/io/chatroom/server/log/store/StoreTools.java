package io.chatroom.server.log.store;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.NativePath;
import io.chatroom.system.SecretFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operations on a store for operators: check, backup, repair. */
public final class StoreTools {

  private static final int MOST_FAULTS = 20;
  private static final String DAMAGED = ".damaged-";
  static final String NEW = ".new";

  private StoreTools() {}

  /**
   * The result of a check.
   *
   * @param faults one sentence each; empty if it is intact
   */
  public record Found(long messages, long rooms, List<String> faults) {}

  /**
   * Checks that a directory has a store, so that a tool does not create a new one.
   *
   * @throws IOException if it has none; the message is one sentence for people
   */
  public static void requireStore(Path data) throws IOException {
    Sqlite.existing(data);
  }

  /**
   * Reads a whole store and checks that it is intact, even while a server uses it.
   *
   * @throws IOException if it cannot be read at all; the message is one sentence for people
   */
  public static Found check(Path data) throws IOException {
    Sqlite database = Sqlite.existing(data);
    try (Connection connection = database.openToRead()) {
      database.requireCurrent(connection);
      return look(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  static Found look(Connection connection) throws SQLException {
    List<String> faults = new ArrayList<>();
    long messages = 0;
    long rooms = 0;
    try (Statement statement = connection.createStatement()) {
      faults.addAll(integrity(statement));
      faults.addAll(holes(statement));
      try (ResultSet row = statement.executeQuery(Sql.COUNTS)) {
        row.next();
        messages = row.getLong(1);
        rooms = row.getLong(2);
      }
    } catch (SQLException e) {
      if (!Sqlite.isDamage(e)) {
        throw e;
      }
      faults.add("some of it cannot be read: " + SqliteTrouble.words(e));
    }
    return new Found(messages, rooms, faults);
  }

  /**
   * Reads facts of one kind, even while a server uses the store.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  public static List<Fact> facts(Path data, String kind) throws IOException {
    Sqlite database = Sqlite.existing(data);
    try (Connection connection = database.openToRead()) {
      database.requireCurrent(connection);
      try (PageReader reader = new PageReader(connection)) {
        return reader.facts(kind, "", Integer.MAX_VALUE);
      }
    } catch (SQLException e) {
      throw database.unusable(e);
    }
  }

  private static List<String> integrity(Statement statement) throws SQLException {
    List<String> faults = new ArrayList<>();
    try (ResultSet row = statement.executeQuery("PRAGMA integrity_check(" + MOST_FAULTS + ")")) {
      while (row.next()) {
        if (!row.getString(1).equals("ok")) {
          faults.add(row.getString(1).replace('\n', ' '));
        }
      }
    }
    return faults;
  }

  private static List<String> holes(Statement statement) throws SQLException {
    List<String> faults = new ArrayList<>();
    try (ResultSet row = statement.executeQuery(Sql.HOLES)) {
      while (row.next()) {
        faults.add(
            "room %s has a gap: %d messages from %d to %d, expected all from %d"
                .formatted(
                    row.getString(1),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(2) + 1));
      }
    }
    try (ResultSet row = statement.executeQuery(Sql.STRAYS)) {
      row.next();
      if (row.getLong(1) > 0) {
        faults.add(row.getLong(1) + " messages belong to no room");
      }
    }
    return faults;
  }

  /**
   * Copies a store as it is at one moment, even while a server uses it.
   *
   * @param file the copy; must not exist
   * @throws IOException if that fails; the message is one sentence for people
   */
  public static void backup(Path data, Path file) throws IOException {
    Sqlite database = Sqlite.existing(data);
    if (Files.exists(file)) {
      throw new IOException(NativePath.show(file) + " exists already, expected a new file");
    }
    Path draft = file.resolveSibling(file.getFileName() + NEW);
    try {
      Files.deleteIfExists(draft);
      SecretFile.make(draft);
      try (Connection connection = database.openToRead()) {
        database.requireOurs(connection);
        try (PreparedStatement copy = connection.prepareStatement("VACUUM INTO ?")) {
          copy.setString(1, Sqlite.uri(draft));
          copy.execute();
        }
      } catch (SQLException e) {
        throw database.unusable(e);
      }
      markCopy(draft);
      try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
      sync(file);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Marks a copy, so that a server that starts with it begins new epochs. */
  private static void markCopy(Path file) throws IOException {
    Sqlite copy = new Sqlite(file.resolveSibling(""), file);
    try (Connection connection = copy.openPlain();
        PreparedStatement mark = connection.prepareStatement(Sql.MARK_COPY)) {
      mark.executeUpdate();
    } catch (SQLException e) {
      throw copy.unusable(e);
    }
  }

  private static void sync(Path file) throws IOException {
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      try (FileChannel directory = FileChannel.open(parent, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
  }

  /**
   * Makes a store usable again and gives all rooms new epochs, so that clients take it for another
   * log. An intact store is not changed otherwise. For a damaged one, copies everything readable to
   * a new store and keeps the damaged one beside it under another name.
   *
   * @return the result, in one sentence
   * @throws IOException if nothing can be read; the message is one sentence for people
   */
  public static String repair(Path data, long nowMillis) throws IOException {
    Sqlite database = Sqlite.existing(data);
    try (DataDirectory directory = DataDirectory.takeEvenIfMoved(data)) {
      Found sound = sound(database);
      String done =
          sound == null ? salvage(database, directory, nowMillis) : renew(database, sound);
      directory.goOnHere();
      return done;
    } catch (java.nio.file.FileSystemException e) {
      throw new IOException(FileTrouble.sentence(e), e);
    }
  }

  /** The counts of a store, or null if it is damaged. */
  private static @Nullable Found sound(Sqlite database) throws IOException {
    try (Connection connection = database.openToRead()) {
      database.requireOurs(connection);
      Found found = look(connection);
      return found.faults().isEmpty() ? found : null;
    } catch (SQLException e) {
      if (Sqlite.isDamage(e)) {
        return null;
      }
      throw database.unusable(e);
    }
  }

  private static String renew(Sqlite database, Found found) throws IOException {
    try (Connection connection = database.openToWrite()) {
      Epochs.renew(connection);
      Sqlite.checkpoint(connection);
    } catch (SQLException e) {
      throw database.unusable(e);
    }
    return "the store is sound (%s) and is unchanged; rooms have new epochs"
        .formatted(StoreCount.messages(found.messages(), found.rooms()));
  }

  private static String salvage(Sqlite damaged, DataDirectory directory, long nowMillis)
      throws IOException {
    Path data = directory.path();
    Path draft = data.resolve(Sqlite.FILE + NEW);
    deleteAll(draft);
    long messages;
    int places;
    try (Connection from = damaged.openPlain();
        StoreImport into = StoreImport.into(null, new Sqlite(data, draft))) {
      Sqlite.number(from, "SELECT count(*) FROM sqlite_schema");
      places = StoreExport.readDamaged(from, into::add);
      try {
        into.topics(from);
      } catch (SQLException e) {
        places++;
      }
      try {
        into.facts(from);
      } catch (SQLException e) {
        places++;
      }
      into.finish();
      messages = into.added();
    } catch (SQLException e) {
      deleteAll(draft);
      throw new IOException("nothing can be read of " + damaged.shown() + "; restore a backup", e);
    }
    String suffix = DAMAGED + nowMillis;
    for (String end : List.of("", "-wal", "-shm")) {
      Path old = data.resolve(Sqlite.FILE + end);
      if (Files.exists(old)) {
        Files.move(old, data.resolve(Sqlite.FILE + suffix + end));
      }
    }
    Files.move(draft, damaged.file(), StandardCopyOption.ATOMIC_MOVE);
    directory.sync();
    return "recovered %s%s; rooms have new epochs, and the damaged store is kept as %s"
        .formatted(
            StoreCount.number(messages, "message"),
            places == 0 ? "" : "; " + StoreCount.number(places, "place") + " could not be read",
            NativePath.show(data.resolve(Sqlite.FILE + suffix)));
  }

  static void deleteAll(Path file) throws IOException {
    for (String end : List.of("", "-wal", "-shm")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + end));
    }
  }
}
