package io.chatroom.client.chat;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** What went wrong with a file, in words for people. */
final class FileTrouble {

  private FileTrouble() {}

  /** The reason only: the JDK's message of such a failure is often the file's name alone. */
  static String reason(Exception failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileSystemException file) {
      return file.getReason() == null ? file.toString() : file.getReason();
    }
    return String.valueOf(failure.getMessage());
  }
}
