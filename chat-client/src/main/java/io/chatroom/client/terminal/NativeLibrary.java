package io.chatroom.client.terminal;

import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * The directory into which the terminal library unpacks its native part: one for this process,
 * which is deleted as soon as the part is loaded. The library itself would delete it at exit, and
 * so leave it behind whenever the process is killed.
 */
final class NativeLibrary {

  private static final String DIRECTORY = "jline.tmpdir";

  private final @Nullable Path directory;

  private NativeLibrary(@Nullable Path directory) {
    this.directory = directory;
  }

  /**
   * Makes the directory, if loaded files can be deleted on this system, and the user has not set
   * one.
   */
  static NativeLibrary unpackInPrivate() {
    if (File.separatorChar != '/' || System.getProperty(DIRECTORY) != null) {
      return new NativeLibrary(null);
    }
    Path directory;
    try {
      directory =
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "chatroom-"
                  + ProcessHandle.current().pid()
                  + "-"
                  + Long.toHexString(System.nanoTime()));
      Files.createDirectory(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (IOException | UnsupportedOperationException | InvalidPathException e) {
      return new NativeLibrary(null); // the library then tries by itself, and reports the failure
    }
    System.setProperty(DIRECTORY, directory.toString());
    return new NativeLibrary(directory);
  }

  /** Deletes the directory; call it once the terminal is open, and so the library loaded. */
  void delete() {
    if (directory == null) {
      return;
    }
    System.clearProperty(DIRECTORY);
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException | DirectoryIteratorException e) {
      return; // the library tries again at exit
    }
  }
}
