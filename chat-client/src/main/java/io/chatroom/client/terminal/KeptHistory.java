package io.chatroom.client.terminal;

import io.chatroom.protocol.VisibleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.jline.reader.impl.history.DefaultHistory;
import org.jspecify.annotations.Nullable;

/**
 * What was typed, kept in a private file where there is room for one. Else it is kept for this run,
 * and the person is told once; JLine's own would write a stack trace into the window, after each
 * line. For the reading thread alone.
 */
final class KeptHistory extends DefaultHistory {

  /** Something that needs the file. */
  private interface Use {
    void run() throws IOException;
  }

  private final @Nullable Path file;
  private boolean told;
  private @Nullable String trouble;

  /**
   * @param file where to keep it, or null for this run alone
   */
  KeptHistory(@Nullable Path file) {
    this.file = file;
  }

  /** Why nothing is kept, the first time that this is asked after it went wrong; else null. */
  @Nullable String trouble() {
    String sentence = trouble;
    trouble = null;
    return sentence;
  }

  @Override
  public void load() {
    use(
        () -> {
          keepPrivate();
          super.load();
        });
  }

  @Override
  public void save() {
    use(super::save); // which also reads it when it has become long
  }

  /** What is not UTF-8 is refused, and could not be written. */
  @Override
  public void add(Instant time, String line) {
    if (!TypedUtf8.isDamaged(line)) {
      super.add(time, line);
    }
  }

  private void use(Use use) {
    try {
      use.run();
    } catch (IOException e) {
      failed(e.toString());
    } catch (RuntimeException e) { // another one for each kind of damage
      failed("it is damaged, move it away to begin a new one");
    }
  }

  /** JLine makes its file private, but leaves one as it is that others can read. */
  private void keepPrivate() throws IOException {
    if (file != null
        && Files.exists(file)
        && Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void failed(String why) {
    if (!told) {
      told = true;
      trouble =
          VisibleText.of("cannot keep what you type in " + file + ": " + why)
              + "; the key Up brings it back until you leave";
    }
  }
}
