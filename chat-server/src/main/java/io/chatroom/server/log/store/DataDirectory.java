package io.chatroom.server.log.store;

import io.chatroom.system.FileTrouble;
import io.chatroom.system.KeptFile;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The directory that holds what rooms keep, for one process alone as long as this is open. Its lock
 * ends with the process, however that ends; the lock file stays.
 */
final class DataDirectory implements AutoCloseable {

  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel lock;

  private DataDirectory(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes the directory, which is made for its owner alone if it is not there.
   *
   * @throws IOException if it cannot be used, or another process uses it; the message is one
   *     sentence for people
   */
  static DataDirectory take(Path path) throws IOException {
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
