package io.chatroom.server.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The controlling terminal of this process. */
final class Terminal {

  /** An alias of it, valid while it exists. */
  private static final Path TERMINAL = Path.of("/dev/tty");

  private Terminal() {}

  /** Returns true if this process has a terminal that still exists. */
  static boolean isThere() {
    try (FileChannel terminal = FileChannel.open(TERMINAL, StandardOpenOption.WRITE)) {
      return terminal.isOpen();
    } catch (IOException e) {
      return false;
    }
  }
}
