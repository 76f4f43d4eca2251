package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which names sessions of a server have now: one client has a name at a time, in as many sessions
 * as it likes. Thread-safe.
 */
public final class NamesInUse {

  /** Whose a name is, the first of its clients if it is owned, and how many sessions have it. */
  private record Holder(String client, int sessions) {}

  /** So are the server's own commands called, and nobody else. */
  static final String SERVER = "chat-server";

  private static final Looks SERVERS = Looks.of(SERVER);

  private final Map<String, Holder> holders = new HashMap<>();

  /**
   * Why nobody can have a name.
   *
   * @return one sentence; null if it is good
   */
  public static @Nullable String faultOf(String name) {
    if (Skeleton.visible(name).isBlank()) {
      return "The name is empty, choose one that others can see.";
    }
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      return "The name " + VisibleText.of(name) + " has control characters, choose one without.";
    }
    if (name.startsWith(Subject.ADDRESS)) {
      return "A name does not begin with address:, choose another.";
    }
    return Collections.disjoint(Looks.of(name).like(), SERVERS.like())
        ? null
        : "The server's own commands are called so in the audit log, choose another name.";
  }

  /** Whether two names are one to a reader. */
  public static boolean areSame(String one, String other) {
    return key(one).equals(key(other));
  }

  /** Takes a name for a session; false if another client has it. */
  public synchronized boolean take(String name, String client) {
    String key = key(name);
    Holder holder = holders.get(key);
    if (holder != null && !holder.client.equals(client)) {
      return false;
    }
    holders.put(key, new Holder(client, holder == null ? 1 : holder.sessions + 1));
    return true;
  }

  /** Takes a name for a session of its owner, who may come with many clients. */
  public synchronized void takeOwned(String name, String client) {
    holders.merge(
        key(name),
        new Holder(client, 1),
        (holder, one) -> new Holder(holder.client, holder.sessions + 1));
  }

  /** Whether somebody is here under the name with this key. */
  synchronized boolean has(String key) {
    return holders.containsKey(key);
  }

  /** One session that took it has ended. */
  public synchronized void giveBack(String name) {
    holders.computeIfPresent(
        key(name),
        (key, holder) ->
            holder.sessions == 1 ? null : new Holder(holder.client, holder.sessions - 1));
  }

  /** Names that differ by case, by compatible forms or by what nobody sees are the same. */
  static String key(String name) {
    return Looks.keyOf(name);
  }
}
