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
 * A text file, UTF-8, that a program keeps and a person may edit, link or share between processes.
 *
 * <ul>
 *   <li>A link stays a link: what counts is the file that it leads to, even if that is not there
 *       yet.
 *   <li>A file is replaced as a whole or not at all, with its access rights. What fails leaves the
 *       old text, and no draft.
 *   <li>Into a device, a pipe or an open file such as {@code /dev/stdout}, the text is written;
 *       they stay as they are.
 *   <li>A thread that is interrupted finishes what it does here, and stays interrupted.
 *   <li>Of processes that {@linkplain #change change} or {@linkplain #append extend} a file at the
 *       same time, each builds on what the other has written. They wait for each other at a lock
 *       file in the same directory, which stays there: taking it away would let two of them in.
 * </ul>
 *
 * <p>The exceptions are the JDK's; {@link FileTrouble} has words for them.
 */
public final class KeptFile {

  /** More than a person has typed; a device may go on for ever. */
  private static final int MAX_BYTES = 16 << 20;

  private static final int MAX_LINKS = 40; // as Linux has it

  /** One name for all, as a name that holds another may have no bytes in the locale's charset. */
  private static final String LOCK = ".chatroom.lock";

  /** What a new text from us is called until it is whole. */
  private static final String DRAFT = ".chatroom-";

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /** A lock file holds off other processes only. */
  private static final Object THIS_PROCESS = new Object();

  private static final String OWNER_ALONE = "rw-------";

  /** What the umask leaves of this. */
  private static final String EVERYBODY = "rw-rw-rw-";

  private final Path file;
  private final String access;

  private KeptFile(Path file, String access) {
    this.file = file;
    this.access = access;
  }

  /** A file that only its owner can read, unless it is there already and others can. */
  public static KeptFile secret(Path file) {
    return new KeptFile(file, OWNER_ALONE);
  }

  /** A file that those can read to whom the umask leaves it, as what a shell makes. */
  public static KeptFile ordinary(Path file) {
    return new KeptFile(file, EVERYBODY);
  }

  /** What a file shall hold instead. */
  public interface Change {

    /**
     * Gives the new text.
     *
     * @param before the text so far, null if there is none
     */
    String of(@Nullable String before) throws IOException;
  }

  /** What an interruption stops before it has done anything, or so that it can be done again. */
  private interface Action {
    void run() throws IOException;
  }

  /**
   * The text, without a byte order mark and with {@code \n} at the ends of lines; null if there is
   * no file, or an empty device.
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

  /** Makes the directory of the file, for its owner alone, where there is none. */
  public void makeDirectory() throws IOException {
    Path directory = target().getParent();
    if (directory != null) {
      makeDirectory(directory);
    }
  }

  /** Makes a directory for its owner alone, where there is none. */
  public static void makeDirectory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) { // the JDK takes a link to one for none
      Files.createDirectories(directory, only("rwx------"));
    }
  }

  /** Writes the text in place of what was there. */
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
   * Writes a file that is new: of several processes that do so at the same time, one does. Unlike
   * everything else here this follows no link, as it is for names that a person makes up, perhaps
   * in a directory where strangers have laid out links to where the text must not go.
   *
   * @throws FileAlreadyExistsException if there is anything of that name, be it a link that leads
   *     nowhere
   */
  public void create(String text) throws IOException {
    uninterrupted(() -> create(text, file));
  }

  /** The same for a file of ours: a link is followed, and what another process made is left. */
  public void createIfMissing(String text) throws IOException {
    uninterrupted(
        () -> {
          try {
            create(text, target());
          } catch (FileAlreadyExistsException e) {
            return; // all the same who made it
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

  /** Replaces the text by another that is made of it. A device has no text before. */
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

  /** Adds lines at the end, which themselves end with {@code \n}, and repairs a torn last line. */
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

  /** Takes it from all but its owner, where there are such rights; leaves devices as they are. */
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
      // Half of it must not be done again, and unlike a channel a stream is not interrupted.
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

  /** Where links lead, as far as they name a place: not those of the system to open files. */
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

  /** Whether it is a file of its own, or would be one. Looks once: another process may make it. */
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
      out.force(true); // else a machine that stops may have the new name without the new text
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

  /** A link is made only if the name is free, which renaming does not care about. */
  private static void giveNewName(Path draft, Path target) throws IOException {
    try {
      Files.createLink(target, draft);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) { // has no such links
      Files.move(draft, target);
    }
  }

  /** Only root can give a file to its owner. Else it is ours, and nobody else's. */
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

  /** An interruption closes channels, but whoever interrupts a thread does not mean our files. */
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
   * Null where there can be none: not every file system has locks, nor is every directory ours. To
   * refuse to work there would be worse than what two processes rarely do to each other.
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
