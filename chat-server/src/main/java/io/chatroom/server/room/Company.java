package io.chatroom.server.room;

import java.util.List;

/**
 * The members of a room, on one server or on several. Immutable.
 *
 * @param count the number of members
 * @param names their names, in the order of joining; a crowd's are incomplete or empty
 */
public record Company(int count, List<String> names) {

  /** No members. */
  public static final Company NOBODY = new Company(0, List.of());

  public Company {
    names = List.copyOf(names);
  }

  /** Returns true if the names are complete. */
  boolean hasAllNames() {
    return names.size() == count;
  }
}
