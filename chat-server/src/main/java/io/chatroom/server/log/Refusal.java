package io.chatroom.server.log;

/** Why a log cannot store messages for now. */
public enum Refusal {
  /** No space is left where it writes. */
  FULL,
  /** Its storage fails or is unreachable. */
  AWAY
}
