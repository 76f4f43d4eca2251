package io.chatroom.server.names;

import java.util.List;
import java.util.Set;

/**
 * The people in a room. Immutable.
 *
 * @param names their names
 */
public record Crowd(List<String> names) {

  /** Nobody, where it does not matter. */
  public static final Crowd NOBODY = new Crowd(List.of());

  public Crowd {
    names = List.copyOf(names);
  }

  /** Whether anyone there has one of some names, ignoring case. */
  boolean hasAnyOf(Set<String> some) {
    return !some.isEmpty()
        && names.stream().anyMatch(one -> some.stream().anyMatch(one::equalsIgnoreCase));
  }
}
