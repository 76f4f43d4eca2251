package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/** Knows who owns which name. Thread-safe; answers from memory. */
public interface Ownership {

  /** Who owns a name, however it is written; null if nobody does. */
  @Nullable Owner ownerOf(String name);

  /** Whether somebody still owns a name as what it did once: a name may get another owner. */
  boolean isOwner(@Nullable Owner owner);
}
