package io.chatroom.server.names;

import org.jspecify.annotations.Nullable;

/** Tells the owners of names. Thread-safe; answers from memory. */
public interface Ownership {

  /** The owner of a name in any spelling; null if it is free. */
  @Nullable Owner ownerOf(String name);

  /** Whether an ownership still exists: a name may have a new owner. */
  boolean isOwner(@Nullable Owner owner);
}
