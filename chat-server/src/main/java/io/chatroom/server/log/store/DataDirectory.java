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
 * The data directory, locked for one process while this is open. The lock ends with the process,
 * even if that is killed; the lock file stays.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK = "lock";

  /** Names the file that says where and when the rooms were copied to, to continue there. */
  private static final String MOVED = "moved";

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Locks the directory and creates it, for its owner only, if it is missing.
   *
   * @throws IOException if it cannot be used, another process uses it, or its rooms continue
   *     elsewhere; the message is one sentence for people
   */
  static DataDirectory take(Path path) throws IOException {
    DataDirectory directory = takeEvenIfMoved(path);
    try {
      Path moved = path.resolve(MOVED);
      if (Files.exists(moved)) {
        throw new IOException(
            "%s was copied to %s, where its rooms continue; to continue here instead, run: chat-server repair %s, which gives rooms new epochs"
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

  /** Locks the directory even if its rooms continue elsewhere. */
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
              + "; expected a directory that this user can write to",
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
      return null; // another server in the same process
    }
  }

  Path path() {
    return path;
  }

  /** The free space on its disk for this user, in bytes; 0 if unknown. */
  long freeBytes() {
    return path.toFile().getUsableSpace();
  }

  /**
   * Marks that its rooms continue elsewhere, so that no server uses the directory by mistake.
   *
   * @param to where, for people
   */
  void move(String to) throws IOException {
    KeptFile.secret(path.resolve(MOVED)).replace(to + "\n");
    sync();
  }

  /** Removes that mark. */
  void goOnHere() throws IOException {
    Files.deleteIfExists(path.resolve(MOVED));
  }

  /** Syncs the directory, so that the names of its files are as durable as their content. */
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
