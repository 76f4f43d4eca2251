package io.chatroom.server.names;

import java.util.List;

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

  boolean has(String name) {
    return names.stream().anyMatch(one -> NamesInUse.areSame(one, name));
  }
}
