package io.chatroom.server.room;

import java.util.List;

/**
 * The members who joined or left a room since the last notice, and how many are there now.
 * Immutable.
 *
 * @param room the room's name
 * @param came the names of those who joined and are still there, in that order
 * @param went the names of those who left and were there at the last notice
 * @param count the number of members
 */
public record Attendance(String room, List<String> came, List<String> went, int count) {
  public Attendance {
    came = List.copyOf(came);
    went = List.copyOf(went);
  }
}
