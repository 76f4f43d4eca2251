package io.chatroom.server.seed;

/** What happens when the room's patience with a slow member ends. */
public enum SlowMember {
  /** It stays, and misses messages until it reads again; its own messages are still delivered. */
  DROP,
  /** Its connection is closed. */
  DISCONNECT
}
