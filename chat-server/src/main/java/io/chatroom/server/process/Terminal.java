package io.chatroom.server.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The terminal that a process belongs to, if any. */
final class Terminal {

  /** Another name for it, as long as it is there. */
  private static final Path TERMINAL = Path.of("/dev/tty");

  private Terminal() {}

  /** Whether this process has one that is still there. */
  static boolean isThere() {
    try (FileChannel terminal = FileChannel.open(TERMINAL, StandardOpenOption.WRITE)) {
      return terminal.isOpen();
    } catch (IOException e) {
      return false;
    }
  }
}
