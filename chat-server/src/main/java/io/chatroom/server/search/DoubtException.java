package io.chatroom.server.search;

/** Thrown if an index cannot be trusted and must be rebuilt. */
final class DoubtException extends Exception {

  private static final long serialVersionUID = 1;

  /**
   * @param reason the end of a sentence that begins with the file's name
   */
  DoubtException(String reason) {
    super(reason);
  }

  DoubtException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
