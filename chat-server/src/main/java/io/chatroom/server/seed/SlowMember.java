package io.chatroom.server.seed;

/** What becomes of a member that the room does not wait for any longer. */
public enum SlowMember {
  /** It stays, and misses messages until it reads again; what it says is relayed all the time. */
  DROP,
  /** Its connection is closed. */
  DISCONNECT
}
