package io.chatroom.server.names;

import java.util.List;
import java.util.Set;

/**
 * Who is in a room. Immutable.
 *
 * @param names everybody's
 */
public record Crowd(List<String> names) {

  /** Where it does not matter. */
  public static final Crowd NOBODY = new Crowd(List.of());

  public Crowd {
    names = List.copyOf(names);
  }

  /** Whether one is there who has one of some names, in letters of any case. */
  boolean hasAnyOf(Set<String> some) {
    return !some.isEmpty()
        && names.stream().anyMatch(one -> some.stream().anyMatch(one::equalsIgnoreCase));
  }
}
