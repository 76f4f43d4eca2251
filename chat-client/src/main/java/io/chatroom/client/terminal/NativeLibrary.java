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
 * Where the terminal library unpacks its native part: a directory of this process, which is taken
 * away as soon as that is loaded. The library itself would take it away at the end, and so leave it
 * behind each time that the process is killed.
 */
final class NativeLibrary {

  private static final String DIRECTORY = "jline.tmpdir";

  private final @Nullable Path directory;

  private NativeLibrary(@Nullable Path directory) {
    this.directory = directory;
  }

  /** Makes the directory, where what is loaded can be deleted, and unless the person has one. */
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
      return new NativeLibrary(null); // then the library tries for itself, and tells of it
    }
    System.setProperty(DIRECTORY, directory.toString());
    return new NativeLibrary(directory);
  }

  /** To be called once the terminal is there, and so the library loaded. */
  void takeAway() {
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
      return; // the library tries again at the end
    }
  }
}
