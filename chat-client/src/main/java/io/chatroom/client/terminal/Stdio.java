package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The three standard streams. {@link #ofProcess()} returns those of the process; tests make their
 * own.
 *
 * <p>All text is UTF-8, in and out, whatever the locale: data in a pipe must not depend on the
 * machine, and under the C locale every letter beyond ASCII would be lost.
 *
 * @param in the standard input
 * @param out unbuffered, and not a {@link PrintStream}: that would hide a closed pipe
 * @param err for errors
 * @param terminal true if both {@code in} and {@code out} are a terminal
 * @param typed true if {@code in} is known to be a terminal
 */
public record Stdio(
    InputStream in, OutputStream out, PrintStream err, boolean terminal, boolean typed) {

  private static final Path INPUT = Path.of("/proc/self/fd/0");

  /** Streams whose input and output are both a terminal, or both none. */
  public Stdio(InputStream in, OutputStream out, PrintStream err, boolean terminal) {
    this(in, out, err, terminal, terminal);
  }

  /** The same with a wrapped output. */
  public Stdio withOut(OutputStream other) {
    return new Stdio(in, other, err, terminal, typed);
  }

  /** The streams of this process. */
  @SuppressWarnings("SystemConsoleNull") // the property brings back what JDK 21 did
  public static Stdio ofProcess() {
    // JDK 22 and later may load a line editor, and have a console even where there is no terminal.
    System.setProperty("jdk.console", "java.base");
    boolean terminal = System.console() != null;
    return new Stdio(
        isInputClosed() ? new ClosedInput() : new FileInputStream(FileDescriptor.in),
        new FileOutputStream(FileDescriptor.out),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        terminal,
        terminal || isTypedInto());
  }

  /** Java reports a terminal only if the output goes to one, too; Linux exposes more. */
  private static boolean isTypedInto() {
    try {
      String input = Files.readSymbolicLink(INPUT).toString();
      return input.startsWith("/dev/pts/")
          || input.startsWith("/dev/tty")
          || input.equals("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  /**
   * True if the program was started without an input, as by {@code <&-}. Then file descriptor 0 is
   * the first file that the JVM opened, one of its own.
   */
  private static boolean isInputClosed() {
    try {
      Path java = Path.of(System.getProperty("java.home")).toRealPath();
      return Files.readSymbolicLink(Path.of("/proc/self/fd/0")).startsWith(java);
    } catch (IOException | RuntimeException e) {
      return false; // not Linux
    }
  }

  private static final class ClosedInput extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("it is closed");
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return read();
    }
  }

  /** Prints an error for people. The sentence may quote strangers: it is made safe here. */
  public void complain(String sentence) {
    err.println(VisibleText.of(sentence));
  }
}
