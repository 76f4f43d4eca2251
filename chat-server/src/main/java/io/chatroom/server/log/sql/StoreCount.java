package io.chatroom.server.log.sql;

/** How much a store has; what is gone does not count. */
public record StoreCount(long rooms, long messages, long facts) {

  @Override
  public String toString() {
    return "%d messages in %d rooms and %d facts".formatted(messages, rooms, facts);
  }
}
