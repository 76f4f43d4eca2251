package io.chatroom.system;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Explains to people why a file could not be read or written.
 *
 * <p>The exception's type decides. If it says too little, the operating system's reason is used,
 * which is in the language of the user: show it, but never compare it.
 */
public final class FileTrouble {

  /** By type, because the JDK's messages for these are the name of the file, or jargon. */
  private static final Map<Class<? extends Exception>, String> REASONS =
      Map.ofEntries(
          Map.entry(AccessDeniedException.class, "permission denied"),
          Map.entry(NoSuchFileException.class, "no such file or directory"),
          Map.entry(NotDirectoryException.class, "not a directory"),
          Map.entry(DirectoryNotEmptyException.class, "the directory is not empty"),
          Map.entry(FileAlreadyExistsException.class, "the file exists already"),
          Map.entry(FileSystemLoopException.class, "symbolic links lead back to themselves"),
          Map.entry(NotLinkException.class, "not a symbolic link"),
          Map.entry(
              AtomicMoveNotSupportedException.class,
              "the file system cannot replace it in one step"),
          Map.entry(EOFException.class, "it ends too early"));

  private FileTrouble() {}

  /** The reason alone, without the file's name. */
  public static String reason(Exception failure) {
    String known = REASONS.get(failure.getClass());
    if (known != null) {
      return known;
    }
    if (failure instanceof UncheckedIOException && failure.getCause() instanceof IOException why) {
      return reason(why);
    }
    if (failure instanceof CharacterCodingException) {
      return "it is not UTF-8 text";
    }
    if (failure instanceof ClosedChannelException) {
      return "it was closed meanwhile";
    }
    if (failure instanceof InvalidPathException path) {
      return invalid(path);
    }
    if (failure instanceof FileSystemException file) {
      return systems(file.getReason(), failure);
    }
    if (failure instanceof FileNotFoundException) {
      return systems(inParentheses(failure.getMessage()), failure);
    }
    return systems(failure.getMessage(), failure);
  }

  /**
   * A whole sentence with the file's name and the reason. The JDK decodes the name with the
   * locale's charset; a name that this has damaged is omitted.
   */
  public static String sentence(FileSystemException failure) {
    String file = failure.getFile();
    return (file == null || NativeText.isDamaged(file) ? "a file cannot be used" : file)
        + ": "
        + reason(failure);
  }

  private static String invalid(InvalidPathException failure) {
    return failure.getInput().indexOf('\0') >= 0
        ? "a file name cannot hold a NUL character"
        : "Java cannot use this file name in the locale "
            + System.getProperty("sun.jnu.encoding", "of this machine")
            + ", try it with LC_ALL=C.UTF-8";
  }

  /** The reason in a {@link FileNotFoundException}, which follows the name of the file. */
  private static @Nullable String inParentheses(@Nullable String message) {
    int from = message == null ? -1 : message.lastIndexOf(" (");
    return message == null || from < 0 || !message.endsWith(")")
        ? message
        : message.substring(from + 2, message.length() - 1);
  }

  /** The operating system's reason, without its initial capital, as part of a sentence. */
  private static String systems(@Nullable String reason, Exception failure) {
    if (reason == null || reason.isBlank()) {
      return "the system gives no reason (" + failure.getClass().getSimpleName() + ")";
    }
    // The JDK appends this to the system's reason.
    String words = reason.replace(" or unable to access attributes of symbolic link", "");
    boolean oneWordInCapitals = words.length() > 1 && !Character.isLowerCase(words.charAt(1));
    return oneWordInCapitals ? words : Character.toLowerCase(words.charAt(0)) + words.substring(1);
  }
}
