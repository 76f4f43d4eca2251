package io.chatroom.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.EOFException;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FileTroubleTest {

  @TempDir private Path directory;

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new AccessDeniedException("/f"), "permission denied"),
        Arguments.of(new NoSuchFileException("/f"), "no such file or directory"),
        Arguments.of(new NotDirectoryException("/f"), "not a directory"),
        Arguments.of(new DirectoryNotEmptyException("/f"), "the directory is not empty"),
        Arguments.of(new FileAlreadyExistsException("/f"), "the file exists already"),
        Arguments.of(new FileSystemLoopException("/f"), "symbolic links lead back to themselves"),
        Arguments.of(new NotLinkException("/f"), "not a symbolic link"),
        Arguments.of(
            new AtomicMoveNotSupportedException("/f", "/g", "Invalid cross-device link"),
            "the file system cannot replace it in one step"),
        Arguments.of(new EOFException(), "it ends too early"),
        Arguments.of(new MalformedInputException(1), "it is not UTF-8 text"),
        Arguments.of(new ClosedChannelException(), "it was closed meanwhile"),
        Arguments.of(
            new InvalidPathException("a\0b", "Nul character not allowed"),
            "a file name cannot hold a NUL character"),
        Arguments.of(
            new FileSystemException("/f", null, "No space left on device"),
            "no space left on device"),
        Arguments.of(
            new FileSystemException("/f", null, "Auf dem Gerät ist kein Platz mehr"),
            "auf dem Gerät ist kein Platz mehr"),
        Arguments.of(
            new FileSystemException("/f"), "the system gives no reason (FileSystemException)"),
        Arguments.of(new FileNotFoundException("/f (Is a directory)"), "is a directory"),
        Arguments.of(
            new UncheckedIOException(new NoSuchFileException("/f")), "no such file or directory"),
        Arguments.of(new IOException("I/O error"), "I/O error"),
        Arguments.of(new IOException("broken"), "broken"),
        Arguments.of(new IOException(), "the system gives no reason (IOException)"));
  }

  @Test
  void leavesOutANameThatTheLocaleHasDamaged() {
    assertThat(FileTrouble.sentence(new NoSuchFileException("/schön")))
        .isEqualTo("/schön: no such file or directory");
    assertThat(FileTrouble.sentence(new AccessDeniedException("/sch\uFFFD\uFFFDn")))
        .isEqualTo("a file cannot be used: permission denied");
    assertThat(FileTrouble.sentence(new FileSystemException(null, null, "Disk quota exceeded")))
        .isEqualTo("a file cannot be used: disk quota exceeded");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void saysWhyAndNeitherTheNameNorJargon(Exception failure, String reason) {
    assertThat(FileTrouble.reason(failure)).isEqualTo(reason);
  }

  @Test
  void saysOfAnImpossibleNameWhichLocaleWouldTakeIt() {
    assertThat(FileTrouble.reason(new InvalidPathException("gr\uFFFD", "unmappable")))
        .startsWith("Java cannot use this file name in the locale ")
        .endsWith(", try it with LC_ALL=C.UTF-8");
  }

  @Test
  void knowsWhatTheJdkThrows() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "text");
    Path loop = Files.createSymbolicLink(directory.resolve("loop"), directory.resolve("loop"));

    assertThat(reasonOf(() -> Files.readString(directory))).isEqualTo("is a directory");
    assertThat(reasonOf(() -> new FileInputStream(directory.toFile()).close()))
        .isEqualTo("is a directory");
    assertThat(reasonOf(() -> Files.readString(file.resolve("below"))))
        .isEqualTo("not a directory");
    assertThat(reasonOf(() -> Files.readString(loop)))
        .isEqualTo("too many levels of symbolic links");
    assertThat(reasonOf(() -> Files.readString(Path.of("x".repeat(300)))))
        .isEqualTo("file name too long");
  }

  private interface Use {
    void run() throws IOException;
  }

  private static String reasonOf(Use use) {
    return FileTrouble.reason(catchThrowableOfType(IOException.class, use::run));
  }
}
