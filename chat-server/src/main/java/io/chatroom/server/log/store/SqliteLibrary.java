package io.chatroom.server.log.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.sqlite.SQLiteJDBCLoader;

/**
 * Loads SQLite's native library. Unpacks it into a directory that only this user can read, and
 * deletes it once it is loaded. The driver by itself would use the shared temporary directory, and
 * leave it there if the process is killed.
 */
final class SqliteLibrary {

  /** The property with the place of an unpacked library, as in the container. */
  private static final String UNPACKED = "org.sqlite.lib.path";

  private static final String DIRECTORY = "org.sqlite.tmpdir";

  private static boolean loaded;

  private SqliteLibrary() {}

  /**
   * Loads the library, once for each process.
   *
   * @param beside a directory of the user's own, in case the temporary directory is mounted noexec
   * @throws IOException if it cannot be loaded; the message is one sentence for people
   */
  static synchronized void load(Path beside) throws IOException {
    if (loaded) {
      return;
    }
    if (System.getProperty(UNPACKED) != null) {
      initialize();
      return;
    }
    IOException failure = null;
    for (Path parent : List.of(Path.of(System.getProperty("java.io.tmpdir")), beside)) {
      try {
        loadFrom(parent);
        return;
      } catch (IOException e) {
        failure = e;
      }
    }
    throw new IOException(
        "SQLite's library cannot be loaded; --data needs Linux with glibc on x86_64, aarch64 or"
            + " riscv64, and a temporary directory for programs (java.io.tmpdir, not mounted"
            + " noexec)",
        failure);
  }

  private static void loadFrom(Path parent) throws IOException {
    Path directory =
        Files.createTempDirectory(
            parent,
            "chatroom-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    System.setProperty(DIRECTORY, directory.toString());
    try {
      initialize();
    } finally {
      System.clearProperty(DIRECTORY);
      takeAway(directory);
    }
  }

  private static void initialize() throws IOException {
    try {
      SQLiteJDBCLoader.initialize();
      loaded = true;
    } catch (Exception e) { // the declared type
      throw new IOException("SQLite's library cannot be loaded", e);
    }
  }

  private static void takeAway(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    Files.deleteIfExists(directory);
  }
}
