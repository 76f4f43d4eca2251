package io.chatroom.server.log;

import java.io.IOException;

/**
 * What is kept cannot be read for now, and can be as soon as the database, or the way to it, is
 * back: nothing is damaged. Whoever can wait asks again.
 */
public final class StoreIsAway extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Makes one.
   *
   * @param message one sentence for people
   */
  public StoreIsAway(String message, Throwable cause) {
    super(message, cause);
  }
}
