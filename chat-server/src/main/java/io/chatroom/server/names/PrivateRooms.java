package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.RoomName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rules of private rooms: who may join and who may talk (S-17). Thread-safe. */
public final class PrivateRooms {

  private final Ownership owners;
  private final Blocks blocks;

  PrivateRooms(Ownership owners, Blocks blocks) {
    this.owners = owners;
    this.blocks = blocks;
  }

  /**
   * Whether a person has a private room under this name.
   *
   * @param self the person as an owner, if they are one
   * @return the reason if not, else null
   */
  public @Nullable Denial mayEnter(@Nullable Owner self, RoomName room) {
    if (self == null || !owns(self)) {
      return Denial.of(
          Code.FORBIDDEN, "Private messages are for those who own their name, claim yours first.");
    }
    if (Pair.roomOf(self.name()) == null) {
      return Denial.of(
          Code.FORBIDDEN,
          "Nobody could answer you in private: your name has characters that no room's has.");
    }
    return other(room) == null
        ? Denial.of(
            Code.NO_ROOM,
            "Nobody owns the name "
                + VisibleText.of(room.other())
                + ", and only who owns one gets private messages.")
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
   * Why one of the two may not post there. A block is revealed, as an acknowledgement would be
   * untrue.
   *
   * @return the reason if not, else null
   */
  public @Nullable Denial mayTalk(Owner self, Pair pair) {
    Owner other = pair.other(self);
    if (blocks.has(other.id(), self.name())) {
      return Denial.of(
          Code.FORBIDDEN, VisibleText.of(other.name()) + " takes no private messages from you.");
    }
    if (blocks.has(self.id(), other.name())) {
      return Denial.of(
          Code.FORBIDDEN,
          "You have blocked " + VisibleText.of(other.name()) + ", take that back first.");
    }
    return null;
  }
}
