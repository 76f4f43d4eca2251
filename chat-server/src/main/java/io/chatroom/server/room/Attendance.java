package io.chatroom.server.room;

import java.util.List;

/**
 * Who came to a room and who went since the last time this was told, and how many are there now.
 * Immutable.
 *
 * @param room the room's name
 * @param came the names of those who came and are still there, in that order
 * @param went the names of those who went and had been there
 * @param count how many members there are
 */
public record Attendance(String room, List<String> came, List<String> went, int count) {
  public Attendance {
    came = List.copyOf(came);
    went = List.copyOf(went);
  }
}
