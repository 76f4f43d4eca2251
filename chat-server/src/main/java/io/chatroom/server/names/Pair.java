package io.chatroom.server.names;

import io.chatroom.protocol.session.RoomName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two whose room is a private one; one person alone is a pair, too. Its room is called by both,
 * and by their ownerships: when a name gets another owner, the new one has other pairs, and nothing
 * of what the old one said or heard. Immutable.
 *
 * @param first the one with the smaller id
 */
public record Pair(Owner first, Owner second) {

  /** So begins the name of a private room, and no other. */
  private static final char PRIVATE = '@';

  // What no name in a private room has.
  private static final char ID = '~';
  private static final char AND = '+';

  /** The pair of two owners. */
  public static Pair of(Owner one, Owner other) {
    return one.id().compareTo(other.id()) <= 0 ? new Pair(one, other) : new Pair(other, one);
  }

  private static final Pattern KEY = Pattern.compile("@([^~+]+)~([^~+]+)\\+([^~+]+)~([^~+]+)");

  /** The pair whose room is called so; null if it is no such name. */
  public static @Nullable Pair ofKey(String key) {
    Matcher parts = KEY.matcher(key);
    return parts.matches()
        ? new Pair(
            new Owner(parts.group(2), parts.group(1)), new Owner(parts.group(4), parts.group(3)))
        : null;
  }

  /** What their room is called by the server; no client can say it, and none hears it. */
  public String key() {
    return PRIVATE + text(first) + AND + text(second);
  }

  private static String text(Owner owner) {
    return owner.name() + ID + owner.id();
  }

  /** Whether an owner is one of the two. */
  public boolean has(Owner owner) {
    return first.id().equals(owner.id()) || second.id().equals(owner.id());
  }

  /** The other of the two; the same where there is one. */
  public Owner other(Owner owner) {
    return isFirst(owner) ? second : first;
  }

  /** Whether an owner is the first of the two. */
  public boolean isFirst(Owner owner) {
    return first.id().equals(owner.id());
  }

  /** What their room is called by one of them: by the other's name. */
  public RoomName seenBy(Owner owner) {
    return RoomName.of(PRIVATE + other(owner).name());
  }

  /** Whether a name can stand in that of a room; null if not. */
  static @Nullable RoomName roomOf(String name) {
    try {
      return RoomName.of(PRIVATE + name);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
