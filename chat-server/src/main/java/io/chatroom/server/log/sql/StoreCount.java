package io.chatroom.server.log.sql;

/** How much a store has; what is gone does not count. */
public record StoreCount(long rooms, long messages, long facts) {

  @Override
  public String toString() {
    return number(messages, "message")
        + " in "
        + number(rooms, "room")
        + " and "
        + number(facts, "fact");
  }

  private static String number(long n, String one) {
    return n + " " + (n == 1 ? one : one + "s");
  }
}
