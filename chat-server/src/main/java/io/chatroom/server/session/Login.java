package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owner;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who uses one session: nobody before the hello, then one person, who may claim the name. Registers
 * the person where others find them. Belongs to the session's event loop.
 */
final class Login {

  private final Shared shared;
  private final Wire wire;
  private final NamedSession self;
  private final Consumer<FromServer.Bye> end;
  private final BiConsumer<RoomName, String> removeFrom;

  /** Null until a hello was accepted. */
  private @Nullable Identity identity;

  /** The session as moderators reach it; null until a hello was accepted. */
  private @Nullable Guest guest;

  private boolean visiting;

  /**
   * @param self the session as other sessions of its name see it
   * @param end ends the session
   * @param removeFrom makes it leave a room, with a sentence for people
   */
  Login(
      Shared shared,
      Wire wire,
      NamedSession self,
      Consumer<FromServer.Bye> end,
      BiConsumer<RoomName, String> removeFrom) {
    this.shared = shared;
    this.wire = wire;
    this.self = self;
    this.end = end;
    this.removeFrom = removeFrom;
  }

  /** Null until a hello was accepted. */
  @Nullable Identity identity() {
    return identity;
  }

  /** Empty until a hello was accepted. */
  String name() {
    return identity == null ? "" : identity.name();
  }

  /** A visitor has no hello, and does not receive what is meant for all sessions of its name. */
  void visits() {
    visiting = true;
  }

  /**
   * Registers an admitted person.
   *
   * @return the reason if the person must go at once, else null
   */
  @Nullable Denial arrive(Identity who) {
    becomes(who);
    guest = new Guest(who.person(), wire::execute, end, removeFrom);
    return shared.people().arrives(guest);
  }

  /**
   * Changes the identity, as after a claim. An owner is registered before the session lists the
   * private rooms to join, so that it misses none.
   */
  void becomes(Identity who) {
    Owner before = identity == null ? null : identity.owner();
    Owner now = who.owner();
    identity = who;
    if (guest != null) {
      guest.becomes(who.person());
    }
    if (visiting || Objects.equals(before, now)) {
      return; // it has one more token
    }
    if (before != null) {
      shared.correspondence().goes(before, self);
    }
    if (now != null) {
      shared.correspondence().arrives(now, self);
    }
  }

  /** The reason if the person may not stay any more, else null. */
  @Nullable Denial mayStay() {
    return identity == null ? null : shared.people().mayStay(identity.person());
  }

  /** The connection has ended: undoes all registrations. */
  void closed() {
    if (identity != null) {
      Owner owner = identity.owner();
      if (owner != null) {
        shared.correspondence().goes(owner, self); // no effect for a visitor
      }
      shared.people().leaves(identity.person());
    }
    if (guest != null) {
      shared.people().goes(guest);
    }
  }
}
