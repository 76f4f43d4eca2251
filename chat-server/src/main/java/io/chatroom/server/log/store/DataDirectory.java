package io.chatroom.server.log.store;

import io.chatroom.protocol.VisibleText;
import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds what rooms keep, for one process alone as long as this is open. Its lock
 * ends with the process, however that ends; the lock file stays.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK = "lock";

  /** Where it was copied to, and when, if its rooms go on there. */
  private static final String MOVED = "moved";

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes the directory, which is made for its owner alone if it is not there.
   *
   * @throws IOException if it cannot be used, another process uses it, or its rooms go on somewhere
   *     else; the message is one sentence for people
   */
  static DataDirectory take(Path path) throws IOException {
    DataDirectory directory = takeEvenIfMoved(path);
    try {
      Path moved = path.resolve(MOVED);
      if (Files.exists(moved)) {
        throw new IOException(
            "%s was copied to %s, where its rooms go on; to go on here all the same, do: chat-server repair %s, which gives rooms new epochs"
                .formatted(
                    NativePath.show(path),
                    VisibleText.of(Files.readString(moved).strip()),
                    NativePath.show(path)));
      }
      return directory;
    } catch (IOException e) {
      directory.close();
      throw e;
    }
  }

  /** The same, wherever its rooms go on. */
  static DataDirectory takeEvenIfMoved(Path path) throws IOException {
    FileChannel channel;
    try {
      KeptFile.makeDirectory(path);
      channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "the data directory "
              + NativePath.show(path)
              + " cannot be used: "
              + FileTrouble.reason(e)
              + "; expected a directory that this user may write",
          e);
    }
    if (lockOf(channel) == null) {
      channel.close();
      throw new IOException(
          "the data directory "
              + NativePath.show(path)
              + " is in use by another chat-server; stop that one first, or choose another"
              + " directory");
    }
    return new DataDirectory(path, channel);
  }

  private static @Nullable FileLock lockOf(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // another server in this very process
    }
  }

  Path path() {
    return path;
  }

  /** What is free on its disk for this user, in bytes; 0 if that cannot be known. */
  long freeBytes() {
    return path.toFile().getUsableSpace();
  }

  /**
   * Its rooms go on somewhere else, so that no server goes on here by mistake.
   *
   * @param to where, for people
   */
  void move(String to) throws IOException {
    Files.writeString(path.resolve(MOVED), to + "\n");
    sync();
  }

  /** Its rooms go on here, wherever they were copied to. */
  void goOnHere() throws IOException {
    Files.deleteIfExists(path.resolve(MOVED));
  }

  /** Makes the names of its files as safe as what is in them. */
  void sync() throws IOException {
    try (FileChannel directory = FileChannel.open(path, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  @Override
  public void close() throws IOException {
    lock.close();
  }
}
