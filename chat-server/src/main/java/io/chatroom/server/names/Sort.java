package io.chatroom.server.names;

import java.util.Locale;

/** What a {@link Rule} says. */
enum Sort {
  /** Keeps order in the whole server. */
  OPERATOR,
  /** Keeps order in a room. */
  OP,
  /** May not come in. */
  BAN,
  /** May not talk. */
  MUTE,
  /** May come into a closed room. */
  INVITE,
  /** A room takes nobody new. */
  CLOSED,
  /** Only ops may talk in a room. */
  RESTRICTED,
  /** How often a person may talk in a room. */
  SLOW;

  private final String word = name().toLowerCase(Locale.ROOT);

  String word() {
    return word;
  }
}
