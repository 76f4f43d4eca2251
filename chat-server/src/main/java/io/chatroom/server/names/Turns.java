package io.chatroom.server.names;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** When each person last had its turn in a slow room. Thread-safe. */
final class Turns {

  /** Above this number, those are forgotten that have been over for longest. */
  private static final int MANY = 10_000;

  private final Map<String, Long> endOfTurn = new HashMap<>();
  private int many = MANY;

  /**
   * Takes the next turn of somebody in a room.
   *
   * @param subjects all by which it is known: it waits as long as any of them has to
   * @return 0 if it was taken; else how long to wait for it, in milliseconds
   */
  synchronized long take(String room, Set<String> subjects, long lastsMillis, long nowMillis) {
    if (endOfTurn.size() >= many) {
      endOfTurn.values().removeIf(end -> end <= nowMillis);
      many = Math.max(MANY, 2 * endOfTurn.size()); // who talks in slow rooms is here, or was lately
    }
    long left = left(room, subjects, lastsMillis, nowMillis);
    if (left == 0) {
      subjects.forEach(one -> endOfTurn.put(room + " " + one, nowMillis + lastsMillis));
    }
    return left;
  }

  /**
   * How long somebody has to wait for its next turn in a room, in milliseconds; 0 if not at all.
   */
  synchronized long left(String room, Set<String> subjects, long lastsMillis, long nowMillis) {
    long end = 0;
    for (String one : subjects) {
      end = Math.max(end, endOfTurn.getOrDefault(room + " " + one, 0L));
    }
    return Math.max(0, Math.min(end - nowMillis, lastsMillis)); // it may have become faster
  }
}
