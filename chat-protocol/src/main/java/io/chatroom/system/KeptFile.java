package io.chatroom.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A UTF-8 text file that a program maintains, and that people can edit, link, or share between
 * processes.
 *
 * <ul>
 *   <li>A symbolic link stays a link: reads and writes go to its target, even if that does not
 *       exist yet.
 *   <li>A file is replaced atomically, and keeps its access rights. A failure leaves the old text,
 *       and no draft.
 *   <li>A device, a pipe or an open file such as {@code /dev/stdout} is written to, not replaced.
 *   <li>An interrupted thread finishes its operation, and stays interrupted.
 *   <li>Processes that {@linkplain #change change} or {@linkplain #append extend} a file at the
 *       same time lose nothing: they lock a file in the same directory. The lock file is never
 *       deleted, because that would let two processes in.
 * </ul>
 *
 * <p>The exceptions are the JDK's; {@link FileTrouble} explains them.
 */
public final class KeptFile {

  /** More than people type; a device may be endless. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_LINKS = 40; // the limit of Linux

  /** The same for all files: the locale's charset may be unable to encode a file's own name. */
  private static final String LOCK = ".chatroom.lock";

  /** Prefix of the name of an incomplete new file. */
  private static final String DRAFT = ".chatroom-";

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** Excludes other threads, as a lock file excludes only other processes. */
  private static final Object THIS_PROCESS = new Object();

  private static final String OWNER_ALONE = "rw-------";

  /** Reduced by the umask. */
  private static final String EVERYBODY = "rw-rw-rw-";

  private final Path file;
  private final String access;

  private KeptFile(Path file, String access) {
    this.file = file;
    this.access = access;
  }

  /** A file that only its owner can read, unless it already exists with other rights. */
  public static KeptFile secret(Path file) {
    return new KeptFile(file, OWNER_ALONE);
  }

  /** A file with the access rights of the umask, as a shell makes it. */
  public static KeptFile ordinary(Path file) {
    return new KeptFile(file, EVERYBODY);
  }

  /** Computes the new text of a file. */
  public interface Change {

    /**
     * Returns the new text.
     *
     * @param before the old text; null if there is none
     */
    String of(@Nullable String before) throws IOException;
  }

  /** An operation that can be repeated after an interruption. */
  private interface Action {
    void run() throws IOException;
  }

  /**
   * Reads the text, without a byte order mark and with {@code \n} as line ends; null if there is no
   * file, or an empty device.
   */
  public @Nullable String read() throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (NoSuchFileException e) {
      return null;
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("it has more than " + (MAX_BYTES >> 20) + " MiB");
    }
    if (bytes.length == 0 && !isPlain(target())) {
      return null;
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).replace("\r\n", "\n");
  }

  /** Creates the directory of the file, for its owner alone, if it does not exist. */
  public void makeDirectory() throws IOException {
    Path directory = target().getParent();
    if (directory != null) {
      makeDirectory(directory);
    }
  }

  /** Creates a directory for its owner alone, if it does not exist. */
  public static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) { // createDirectories fails for a link to a directory
      Files.createDirectories(directory, only("rwx------"));
    }
  }

  /** Replaces the text. */
  public void replace(String text) throws IOException {
    uninterrupted(() -> replaceOnce(text));
  }

  private void replaceOnce(String text) throws IOException {
    Path target = target();
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!isPlain(target)) {
      writeInto(target, bytes);
      return;
    }
    boolean exists = Files.exists(target);
    if (exists) {
      FileChannel.open(target, StandardOpenOption.WRITE).close(); // may be protected
    }
    Path draft = newDraft(target);
    try {
      if (exists) {
        copyAccess(target, draft);
      }
      write(draft, bytes);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Creates a new file; of several processes that do so at the same time, one succeeds. Unlike the
   * other methods, this follows no link: the name is the user's choice, perhaps in a directory
   * where strangers have placed links to files that must not be written.
   *
   * @throws FileAlreadyExistsException if the name is in use, even by a broken link
   */
  public void create(String text) throws IOException {
    uninterrupted(() -> create(text, file));
  }

  /** Creates a file of the program itself: follows links, and keeps a file that already exists. */
  public void createIfMissing(String text) throws IOException {
    uninterrupted(
        () -> {
          try {
            create(text, target());
          } catch (FileAlreadyExistsException e) {
            return; // another process has created it
          }
        });
  }

  private void create(String text, Path target) throws IOException {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileAlreadyExistsException(target.toString());
    }
    Path draft = newDraft(target);
    try {
      write(draft, text.getBytes(StandardCharsets.UTF_8));
      giveNewName(draft, target);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Replaces the text by one computed from it. A device has no old text. */
  public void change(Change change) throws IOException {
    locked(
        () -> {
          String before = isPlain(target()) ? read() : null;
          String after = change.of(before);
          if (!after.equals(before)) {
            replaceOnce(after);
          }
        });
  }

  /** Appends lines, each of which must end with {@code \n}, and completes a torn last line. */
  public void append(String lines) throws IOException {
    locked(
        () -> {
          Path target = target();
          if (isPlain(target)) {
            appendTo(target, lines);
          } else {
            writeInto(target, lines.getBytes(StandardCharsets.UTF_8));
          }
        });
  }

  /** Removes the access rights of all but the owner, if the file system has any; not of devices. */
  public void makeSecret() throws IOException {
    Path target = target();
    PosixFileAttributeView view = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    if (view != null && isPlain(target) && Files.exists(target)) {
      view.setPermissions(PosixFilePermissions.fromString(OWNER_ALONE));
    }
  }

  private void appendTo(Path target, String lines) throws IOException {
    boolean isNew = Files.notExists(target);
    try (FileChannel out =
        FileChannel.open(
            target,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            only(access))) {
      long size = out.size();
      ByteBuffer last = ByteBuffer.allocate(1);
      boolean torn = size > 0 && out.read(last, size - 1) == 1 && last.get(0) != '\n';
      // A partial write must not be repeated; unlike a channel, a stream is not interrupted.
      try (OutputStream end = Files.newOutputStream(target, StandardOpenOption.APPEND)) {
        try {
          end.write(((torn ? "\n" : "") + lines).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
          out.truncate(size);
          if (isNew) {
            Files.delete(target);
          }
          throw e;
        }
      }
    }
  }

  /** The target of links, except for the system's links to open files. */
  private Path target() throws IOException {
    Path target = file;
    for (int links = 0; Files.isSymbolicLink(target) && !isOpenFile(target); links++) {
      if (links == MAX_LINKS) {
        throw new FileSystemLoopException(file.toString());
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static boolean isOpenFile(Path path) {
    return path.startsWith("/proc") || path.startsWith("/dev/fd");
  }

  /** True for a regular file or none. Checks only once, as another process may create it. */
  private static boolean isPlain(Path target) {
    if (isOpenFile(target)) {
      return false;
    }
    try {
      return Files.readAttributes(target, BasicFileAttributes.class).isRegularFile();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private Path newDraft(Path target) throws IOException {
    return Files.createTempFile(target.resolveSibling(""), DRAFT, ".new", only(access));
  }

  private static void write(Path draft, byte[] bytes) throws IOException {
    try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
      writeAll(out, bytes);
      out.force(true); // else a crash could leave the new name without the new text
    }
  }

  private static void writeInto(Path target, byte[] bytes) throws IOException {
    try (OutputStream out =
        Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      out.write(bytes);
    }
  }

  private static void writeAll(FileChannel out, byte[] bytes) throws IOException {
    ByteBuffer rest = ByteBuffer.wrap(bytes);
    while (rest.hasRemaining()) {
      out.write(rest);
    }
  }

  /** Creates a hard link, which fails if the name is in use; a rename would replace it. */
  private static void giveNewName(Path draft, Path target) throws IOException {
    try {
      Files.createLink(target, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException
        | UnsupportedOperationException e) { // the file system has no hard links
      Files.move(draft, target);
    }
  }

  /**
   * Copies owner, group and rights. Only root can change the owner; else the file becomes ours
   * alone.
   */
  private static void copyAccess(Path target, Path draft) throws IOException {
    PosixFileAttributeView from = Files.getFileAttributeView(target, PosixFileAttributeView.class);
    PosixFileAttributeView to = Files.getFileAttributeView(draft, PosixFileAttributeView.class);
    if (from == null || to == null) {
      return;
    }
    PosixFileAttributes before = from.readAttributes();
    PosixFileAttributes now = to.readAttributes();
    try {
      if (!before.group().equals(now.group())) {
        to.setGroup(before.group());
      }
      if (!before.owner().equals(now.owner())) {
        to.setOwner(before.owner());
      }
    } catch (FileSystemException e) {
      to.setPermissions(PosixFilePermissions.fromString(OWNER_ALONE));
      return;
    }
    to.setPermissions(before.permissions());
  }

  /** Repeats an operation whose channel was closed by an interruption, and restores the flag. */
  private static void uninterrupted(Action action) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          action.run();
          return;
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
          interrupted = Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void locked(Action action) throws IOException {
    uninterrupted(() -> lockedOnce(action));
  }

  private void lockedOnce(Action action) throws IOException {
    synchronized (THIS_PROCESS) {
      FileChannel lock = isPlain(target()) ? lock() : null;
      try {
        action.run();
      } finally {
        if (lock != null) {
          lock.close();
        }
      }
    }
  }

  /**
   * Returns null if the lock is impossible: some file systems have no locks, and some directories
   * are not writable. Refusing to work there would be worse than a rare conflict of two processes.
   */
  private @Nullable FileChannel lock() throws IOException {
    Path path = target().resolveSibling(LOCK);
    FileChannel channel;
    try {
      channel =
          FileChannel.open(
              path, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), only(OWNER_ALONE));
    } catch (FileSystemException e) {
      return null;
    }
    try {
      channel.lock();
      return channel;
    } catch (ClosedByInterruptException | FileLockInterruptionException e) {
      channel.close();
      throw e;
    } catch (IOException e) {
      channel.close();
      return null;
    }
  }

  private static FileAttribute<?>[] only(String permissions) {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
