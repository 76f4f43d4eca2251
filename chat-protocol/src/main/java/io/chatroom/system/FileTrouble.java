package io.chatroom.system;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;

/** Says in words for people why a file could not be read or written. */
public final class FileTrouble {

  private FileTrouble() {}

  /**
   * Gives the reason only, without the file's name: the JDK's message of such a failure is often
   * the name and nothing else.
   */
  public static String reason(Exception failure) {
    if (failure instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (failure instanceof FileSystemException file) {
      return file.getReason() == null ? file.toString() : file.getReason();
    }
    return String.valueOf(failure.getMessage());
  }
}
