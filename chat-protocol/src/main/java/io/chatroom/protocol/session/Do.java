package io.chatroom.protocol.session;

import java.util.Locale;

/**
 * What a client does about an error or a bye (S-60). Clients act on this and not on the code, so
 * that old clients work with future codes. Constants, for any thread.
 */
public enum Do {
  /** Send the same object again, after {@code afterMillis}. */
  RETRY,
  /** Change the object before sending it again. */
  CHANGE,
  /** Ask the person to decide. */
  ASK,
  /** Connect again after {@code afterMillis} times a random 0.5 to 1.5, and resume. */
  RECONNECT,
  /** Do not connect again until the person asks for it. */
  STOP;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word on the wire. */
  public String text() {
    return text;
  }
}
