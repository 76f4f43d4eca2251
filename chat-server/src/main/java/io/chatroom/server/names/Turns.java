package io.chatroom.server.names;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** When each person last had a turn in a slow room. Thread-safe. */
final class Turns {

  /** Above this number, expired turns are deleted, the oldest first. */
  private static final int MANY = 10_000;

  private final Map<String, Long> endOfTurn = new HashMap<>();
  private int many = MANY;

  /**
   * Takes the next turn of a person in a room.
   *
   * @param subjects all subjects of the person; the longest of their waits counts
   * @return 0 if it was taken; else the wait in milliseconds
   */
  synchronized long take(String room, Set<String> subjects, long lastsMillis, long nowMillis) {
    if (endOfTurn.size() >= many) {
      endOfTurn.values().removeIf(end -> end <= nowMillis);
      many = Math.max(MANY, 2 * endOfTurn.size()); // bounded by the recent speakers in slow rooms
    }
    long left = left(room, subjects, lastsMillis, nowMillis);
    if (left == 0) {
      subjects.forEach(one -> endOfTurn.put(room + " " + one, nowMillis + lastsMillis));
    }
    return left;
  }

  /** The wait of a person for their next turn in a room, in milliseconds; 0 if they can post. */
  synchronized long left(String room, Set<String> subjects, long lastsMillis, long nowMillis) {
    long end = 0;
    for (String one : subjects) {
      end = Math.max(end, endOfTurn.getOrDefault(room + " " + one, 0L));
    }
    return Math.max(0, Math.min(end - nowMillis, lastsMillis)); // the wait may have been shortened
  }
}
