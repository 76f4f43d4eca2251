package io.chatroom.server.log.sql;

/** How much a store has; what is gone does not count. */
public record StoreCount(long rooms, long messages, long facts) {

  @Override
  public String toString() {
    return messages(messages, rooms) + " and " + number(facts, "fact");
  }

  /** The same without facts. */
  public static String messages(long messages, long rooms) {
    return number(messages, "message") + " in " + number(rooms, "room");
  }

  private static String number(long n, String one) {
    return n + " " + (n == 1 ? one : one + "s");
  }
}
