package io.chatroom.system;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The output stream for a program's results. It remembers a failed write, because {@link
 * java.io.PrintWriter} hides failures, and the program would exit with success.
 */
public final class Output extends OutputStream {

  private final OutputStream stream;
  private volatile @Nullable IOException failure;

  public Output(OutputStream stream) {
    this.stream = stream;
  }

  /** A write has failed. {@link #exitCode} reports it, so callers need not. */
  public static final class FailedException extends IOException {

    FailedException(IOException cause) {
      super("cannot write the output: " + FileTrouble.reason(cause), cause);
    }
  }

  private interface Write {
    void run() throws IOException;
  }

  @Override
  public void write(int b) throws IOException {
    attempt(() -> stream.write(b));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    attempt(() -> stream.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(stream::flush);
  }

  private void attempt(Write write) throws FailedException {
    try {
      write.run();
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
      throw new FailedException(e);
    }
  }

  /**
   * The final exit code: a success becomes a failure if results were lost. A reader that has
   * stopped reading, such as {@code head}, is not a failure.
   *
   * @param exitCode the exit code if no results were lost
   * @param complain receives a sentence if results were lost
   */
  public int exitCode(int exitCode, Consumer<String> complain) {
    IOException lost = failure;
    if (lost == null || SystemErrors.isBrokenPipe(lost)) {
      return exitCode;
    }
    complain.accept(new FailedException(lost).getMessage());
    return exitCode == 0 ? 1 : exitCode;
  }
}
