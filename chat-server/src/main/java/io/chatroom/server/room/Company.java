package io.chatroom.server.room;

import java.util.List;

/**
 * Who is in a room, on one server or on several. Immutable.
 *
 * @param count how many they are
 * @param names what they are called, those first who have been there longest; not all, or none, of
 *     a crowd
 */
public record Company(int count, List<String> names) {

  /** Nobody is there. */
  public static final Company NOBODY = new Company(0, List.of());

  public Company {
    names = List.copyOf(names);
  }

  /** Whether all names are known. */
  boolean hasAllNames() {
    return names.size() == count;
  }
}
