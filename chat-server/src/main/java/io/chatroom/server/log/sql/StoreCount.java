package io.chatroom.server.log.sql;

/** The size of a store: rooms that have messages, messages with events, and facts. */
public record StoreCount(long rooms, long messages, long facts) {

  @Override
  public String toString() {
    return messages(messages, rooms) + " and " + number(facts, "fact");
  }

  /** Formats the counts without facts, for people. */
  public static String messages(long messages, long rooms) {
    return number(messages, "message") + " in " + number(rooms, "room");
  }

  private static String number(long n, String one) {
    return n + " " + (n == 1 ? one : one + "s");
  }
}
