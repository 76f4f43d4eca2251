package io.chatroom.server.data;

import io.chatroom.server.log.sql.Forgetting;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;

/**
 * A person whom a command names, in any spelling.
 *
 * @param name as it was typed
 */
record Named(String name) implements Forgetting.Whom {

  @Override
  public boolean isName(String other) {
    return NamesInUse.areSame(name, other);
  }

  /** The name of a private room consists of both names. */
  @Override
  public String roomWithout(String room) {
    Pair pair = Pair.ofKey(room);
    return pair == null ? room : new Pair(without(pair.first()), without(pair.second())).key();
  }

  private Owner without(Owner owner) {
    return isName(owner.name()) ? new Owner(owner.id(), Forgetting.FORGOTTEN) : owner;
  }
}
