package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Permissions in private rooms: who may join, and who may post (S-17). Thread-safe. */
public final class PrivateRooms {

  private final Ownership owners;
  private final Blocks blocks;

  PrivateRooms(Ownership owners, Blocks blocks) {
    this.owners = owners;
    this.blocks = blocks;
  }

  /**
   * Checks whether a person may join the private room with this name.
   *
   * @param self the person as an owner; null if they are none
   * @return why not; null if they may
   */
  public @Nullable Denial mayEnter(@Nullable Owner self, RoomName room) {
    if (self == null || !owns(self)) {
      return Denial.of(
          Code.FORBIDDEN, "Only owners of names can have private rooms; claim your name first.");
    }
    if (Pair.roomOf(self.name()) == null) {
      return Denial.of(
          Code.FORBIDDEN,
          "Your name has characters that no room name can have, so nobody could answer you in private.");
    }
    return other(room) == null
        ? Denial.of(
            Code.NO_ROOM,
            "Nobody owns the name "
                + VisibleText.of(room.other())
                + ", and only owners of names can have private rooms.")
        : null;
  }

  private boolean owns(Owner self) {
    Owner now = owners.ownerOf(self.name());
    return now != null && now.id().equals(self.id());
  }

  private @Nullable Owner other(RoomName room) {
    Owner other = owners.ownerOf(room.other());
    return other != null && Objects.equals(room, Pair.roomOf(other.name())) ? other : null;
  }

  /** The pair of a room; null if the person may not join it. */
  public @Nullable Pair pair(@Nullable Owner self, RoomName room) {
    if (self == null || mayEnter(self, room) != null) {
      return null;
    }
    Owner other = other(room);
    return other == null ? null : Pair.of(self, other);
  }

  /**
   * Checks whether one of the two may post there. A block is not hidden, as an acknowledgement
   * would be untrue.
   *
   * @return why not; null if they may
   */
  public @Nullable Denial mayTalk(Owner self, Pair pair) {
    Owner other = pair.other(self);
    if (blocks.has(other.id(), self.name())) {
      return Denial.of(
          Code.FORBIDDEN,
          VisibleText.of(other.name()) + " does not accept private messages from you.");
    }
    if (blocks.has(self.id(), other.name())) {
      return Denial.of(
          Code.FORBIDDEN,
          "You have blocked " + VisibleText.of(other.name()) + "; unblock that name first.");
    }
    return null;
  }
}
