package io.chatroom.server.log.sql;

/** The number of rooms with messages, of messages and events, and of facts. */
public record StoreCount(long rooms, long messages, long facts) {

  @Override
  public String toString() {
    return messages(messages, rooms) + " and " + number(facts, "fact");
  }

  /** Messages and rooms in words, such as {@code 5 messages in 1 room}. */
  public static String messages(long messages, long rooms) {
    return number(messages, "message") + " in " + rooms(rooms);
  }

  /** Rooms in words, such as {@code 1 room}. */
  public static String rooms(long rooms) {
    return number(rooms, "room");
  }

  /** A number in words, such as {@code 1 message} or {@code 2 messages}. */
  public static String number(long n, String one) {
    return n + " " + (n == 1 ? one : one + "s");
  }
}
