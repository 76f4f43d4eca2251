package io.chatroom.server.log;

import java.io.IOException;

/**
 * Thrown if a store cannot be read for now, although nothing is damaged. It can be read again once
 * the database, or the network to it, is back. Callers that can wait should retry.
 */
public final class StoreIsAway extends IOException {

  private static final long serialVersionUID = 1;

  /**
   * Creates an exception.
   *
   * @param message one sentence for people
   */
  public StoreIsAway(String message, Throwable cause) {
    super(message, cause);
  }
}
