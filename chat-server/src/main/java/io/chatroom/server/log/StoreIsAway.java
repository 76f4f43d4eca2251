package io.chatroom.server.log;

import java.io.IOException;

/**
 * The store cannot be read for now, but nothing is damaged: it can be read once the database, or
 * the network to it, is back. Callers that can wait should retry.
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
