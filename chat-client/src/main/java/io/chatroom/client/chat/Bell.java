package io.chatroom.client.chat;

/** When to ring. */
public enum Bell {
  OFF,
  /** When a message mentions the user's name. */
  MENTION,
  /** At every message of others. */
  ALL;

  /** Whether a message of somebody else rings. */
  public boolean rings(boolean mention) {
    return this == ALL || (this == MENTION && mention);
  }
}
