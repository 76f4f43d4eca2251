package io.chatroom.server.names;

import io.chatroom.protocol.session.RoomName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two people of a private room, who can be the same person. The room's internal name consists
 * of their ownerships: a new owner of a name has other pairs, and sees nothing of the old owner's
 * messages. Immutable.
 *
 * @param first the one with the smaller id
 */
public record Pair(Owner first, Owner second) {

  /** The prefix of private rooms, and of no others. */
  private static final char PRIVATE = '@';

  // A character that no ownership id contains.
  private static final char ID = '~';
  private static final char AND = '+';

  /** The pair of two owners. */
  public static Pair of(Owner one, Owner other) {
    return one.id().compareTo(other.id()) <= 0 ? new Pair(one, other) : new Pair(other, one);
  }

  private static final Pattern KEY = Pattern.compile("@([^~+]+)~([^~+]+)\\+([^~+]+)~([^~+]+)");

  /** The pair with this internal room name; null if it is none. */
  public static @Nullable Pair ofKey(String key) {
    Matcher parts = KEY.matcher(key);
    return parts.matches()
        ? new Pair(
            new Owner(parts.group(2), parts.group(1)), new Owner(parts.group(4), parts.group(3)))
        : null;
  }

  /** The internal name of their room, which clients can neither send nor see. */
  public String key() {
    return PRIVATE + text(first) + AND + text(second);
  }

  private static String text(Owner owner) {
    return owner.name() + ID + owner.id();
  }

  /** Returns true if an owner is one of the two. */
  public boolean has(Owner owner) {
    return first.id().equals(owner.id()) || second.id().equals(owner.id());
  }

  /** The other of the two; the same person for a pair of one. */
  public Owner other(Owner owner) {
    return isFirst(owner) ? second : first;
  }

  /** Returns true if an owner is the first of the two. */
  public boolean isFirst(Owner owner) {
    return first.id().equals(owner.id());
  }

  /** The name of their room as one of them sees it: the name of the other. */
  public RoomName seenBy(Owner owner) {
    return RoomName.of(PRIVATE + other(owner).name());
  }

  /** A name as a room name; null if it cannot be one. */
  static @Nullable RoomName roomOf(String name) {
    try {
      return RoomName.of(PRIVATE + name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
