package io.chatroom.server.data;

import io.chatroom.server.log.sql.Forgetting;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;

/**
 * Somebody whom a command calls by name, however it is written.
 *
 * @param name as it was typed
 */
record Named(String name) implements Forgetting.Whom {

  @Override
  public boolean isName(String other) {
    return NamesInUse.areSame(name, other);
  }

  /** A private room is called by both who have it. */
  @Override
  public String roomWithout(String room) {
    Pair pair = Pair.ofKey(room);
    return pair == null ? room : new Pair(without(pair.first()), without(pair.second())).key();
  }

  private Owner without(Owner owner) {
    return isName(owner.name()) ? new Owner(owner.id(), Forgetting.FORGOTTEN) : owner;
  }
}
