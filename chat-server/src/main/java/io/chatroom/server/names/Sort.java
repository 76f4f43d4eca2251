package io.chatroom.server.names;

import java.util.Locale;

/** A sort of {@link Rule}. */
enum Sort {
  /** An operator of the server. */
  OPERATOR,
  /** An op of a room. */
  OP,
  /** A ban. */
  BAN,
  /** A mute. */
  MUTE,
  /** An invitation into a closed room. */
  INVITE,
  /** A closed room. */
  CLOSED,
  /** A room in which only ops can post. */
  RESTRICTED,
  /** A slow room. */
  SLOW;

  private final String word = name().toLowerCase(Locale.ROOT);

  String word() {
    return word;
  }
}
