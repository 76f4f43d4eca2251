package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/** Finds the owners of names. Thread-safe; answers from memory. */
public interface Ownership {

  /** The owner of a name in any spelling; null if it is free. */
  @Nullable Owner ownerOf(String name);

  /** Returns true if an ownership still exists; its name may have a new owner since. */
  boolean isOwner(@Nullable Owner owner);
}
