package io.chatroom.protocol.session;

import java.util.Locale;

/**
 * What a client does about an error or a bye (S-60). Clients act by this and not by the code, so
 * that codes which do not exist yet work with clients that do. Constants, for any thread.
 */
public enum Do {
  /** Send the same again, after {@code afterMillis}. */
  RETRY,
  /** Do not send this again as it is; it has to be changed first. */
  CHANGE,
  /** Ask the person: only they can decide what to do. */
  ASK,
  /** Connect again after {@code afterMillis} times a random 0.5 to 1.5, and resume. */
  RECONNECT,
  /** Do not connect again until the person wants it. */
  STOP;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word on the wire. */
  public String text() {
    return text;
  }
}
