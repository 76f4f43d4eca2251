package io.chatroom.server.names;

import java.util.List;

/**
 * Who is in a room. Immutable.
 *
 * @param names everybody
 * @param owned those of them that are owned
 */
public record Crowd(List<String> names, List<String> owned) {

  /** Where it does not matter. */
  public static final Crowd NOBODY = new Crowd(List.of(), List.of());

  public Crowd {
    names = List.copyOf(names);
    owned = List.copyOf(owned);
  }

  boolean has(String name) {
    String subject = Subject.name(name);
    return names.stream().anyMatch(one -> Subject.name(one).equals(subject));
  }
}
