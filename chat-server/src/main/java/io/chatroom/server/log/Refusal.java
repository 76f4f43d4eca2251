package io.chatroom.server.log;

/** Why a log cannot make messages safe for now. */
public enum Refusal {
  /** There is no space left where it writes. */
  FULL,
  /** What it writes to cannot be reached, or fails. */
  AWAY
}
