package io.chatroom.system;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the results of a program go. It remembers when they could not be written, because {@link
 * java.io.PrintWriter} and its like tell nobody, and the exit code would say that all is well.
 */
public final class Output extends OutputStream {

  private final OutputStream stream;
  private volatile @Nullable IOException failure;

  public Output(OutputStream stream) {
    this.stream = stream;
  }

  /** Results were not written. {@link #exitCode} tells people, so no one else has to. */
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
   * The exit code after all: results that were lost make a failure of a success. A reader that has
   * seen enough, such as {@code head}, is no failure.
   *
   * @param exitCode what it would be
   * @param complain gets a sentence if something was lost
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
