package io.chatroom.server.names;

import java.util.List;
import java.util.Set;

/**
 * The people in a room. Immutable.
 *
 * @param names their names
 */
public record Crowd(List<String> names) {

  /** An empty room, or none. */
  public static final Crowd NOBODY = new Crowd(List.of());

  public Crowd {
    names = List.copyOf(names);
  }

  /** Returns true if anyone there has one of some names, ignoring case. */
  boolean hasAnyOf(Set<String> some) {
    return !some.isEmpty()
        && names.stream().anyMatch(one -> some.stream().anyMatch(one::equalsIgnoreCase));
  }
}
