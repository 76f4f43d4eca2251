package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The names of present sessions. Only one client at a time has a name, in any number of sessions,
 * on this server or on all servers that share their names. Thread-safe.
 */
public final class NamesInUse {

  /** The time for which a name is reserved for a session that is about to begin. */
  private static final long RESERVED_SECONDS = 10;

  /**
   * The client of a name (the first one if it is owned), and the number of its sessions.
   *
   * @param shared true if this server has taken the name on all servers
   */
  private record Holder(String client, int sessions, boolean shared) {}

  /** A question to other servers about a name for a client. */
  private static final class Asked {

    private final String client;
    private final CompletableFuture<Void> known = new CompletableFuture<>();
    private boolean taken;

    Asked(String client) {
      this.client = client;
    }
  }

  /** The name of the server's own commands, reserved for them. */
  static final String SERVER = "chat-server";

  private static final Looks SERVERS = Looks.of(SERVER);

  private final Map<String, Holder> holders = new HashMap<>();
  private final Map<String, Asked> asked = new HashMap<>();

  /** Null if there are no other servers. */
  private final @Nullable NamesElsewhere elsewhere;

  /** The names of a single server. */
  public NamesInUse() {
    this(null);
  }

  /** The names of one server among several; null if there are no others. */
  public NamesInUse(@Nullable NamesElsewhere elsewhere) {
    this.elsewhere = elsewhere;
  }

  /**
   * Checks a name.
   *
   * @return why nobody may have it, one sentence; null if it is allowed
   */
  public static @Nullable String faultOf(String name) {
    if (Skeleton.visible(name).isBlank()) {
      return "The name is empty; choose one that others can see.";
    }
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      return "The name " + VisibleText.of(name) + " has control characters; choose one without.";
    }
    if (name.startsWith(Subject.ADDRESS)) {
      return "A name cannot begin with address:; choose another.";
    }
    return Collections.disjoint(Looks.of(name).like(), SERVERS.like())
        ? null
        : "The audit log uses this name for the server's own commands; choose another.";
  }

  /** Returns true if two names are the same to a reader. */
  public static boolean areSame(String one, String other) {
    return key(one).equals(key(other));
  }

  /**
   * Asks other servers, if necessary, before a client can take a name. A free name is then reserved
   * for the client for ten seconds.
   *
   * @return null if there is nothing to ask; else completes, on any thread, when this must be
   *     called again, or fails if the answer is unavailable for now
   */
  @Nullable CompletionStage<Void> needs(String name, String client) {
    String key = key(name);
    Asked mine;
    synchronized (this) {
      Holder holder = holders.get(key);
      Asked before = asked.get(key);
      if (elsewhere == null
          || (holder != null && (holder.shared || !holder.client.equals(client)))) {
        return null; // this server knows the answer
      }
      if (before != null) {
        return before.known.isDone() ? null : before.known;
      }
      mine = new Asked(client);
      asked.put(key, mine);
    }
    elsewhere
        .take(key, Secret.hash(client).hex())
        .whenComplete((taken, failure) -> isKnown(key, mine, taken, failure));
    return mine.known;
  }

  private void isKnown(
      String key, Asked mine, @Nullable Boolean taken, @Nullable Throwable failure) {
    synchronized (this) {
      mine.taken = Boolean.TRUE.equals(taken);
      if (failure != null) {
        asked.remove(key, mine);
      }
    }
    if (failure == null) {
      mine.known.complete(null);
      CompletableFuture.delayedExecutor(RESERVED_SECONDS, TimeUnit.SECONDS)
          .execute(() -> giveUp(key, mine));
    } else {
      mine.known.completeExceptionally(failure);
    }
  }

  /** Ends a reservation, unless its session has taken the name. */
  private void giveUp(String key, Asked mine) {
    synchronized (this) {
      if (!asked.remove(key, mine) || !mine.taken) {
        return;
      }
      giveBackElsewhere(key);
    }
  }

  private void giveBackElsewhere(String key) {
    if (elsewhere != null) {
      elsewhere.giveBack(key);
    }
  }

  /**
   * Takes a name for a session. Call {@link #needs} first.
   *
   * @return false if another client has it, or if other servers were not asked
   */
  public synchronized boolean take(String name, String client) {
    String key = key(name);
    Holder holder = holders.get(key);
    if (holder != null && !holder.client.equals(client)) {
      return false;
    }
    boolean shared = holder != null && holder.shared;
    if (elsewhere != null && !shared) {
      Asked before = asked.get(key);
      if (before == null || !before.client.equals(client) || !before.known.isDone()) {
        return false;
      }
      asked.remove(key);
      if (!before.taken) {
        return false;
      }
      shared = true;
    }
    holders.put(key, new Holder(client, holder == null ? 1 : holder.sessions + 1, shared));
    return true;
  }

  /** Takes a name for a session of its owner, who may use several clients. */
  public synchronized void takeOwned(String name, String client) {
    holders.merge(
        key(name),
        new Holder(client, 1, false),
        (holder, one) -> new Holder(holder.client, holder.sessions + 1, holder.shared));
  }

  /** Returns true if a session has the name with this key. */
  synchronized boolean has(String key) {
    return holders.containsKey(key);
  }

  /** Releases a name after the end of a session that took it. */
  public synchronized void giveBack(String name) {
    String key = key(name);
    Holder holder = holders.get(key);
    if (holder != null && holder.sessions > 1) {
      holders.put(key, new Holder(holder.client, holder.sessions - 1, holder.shared));
    } else if (holder != null) {
      holders.remove(key);
      if (holder.shared) {
        giveBackElsewhere(key);
      }
    }
  }

  /** The key of a name: ignores case, compatibility forms and invisible characters. */
  static String key(String name) {
    return Looks.keyOf(name);
  }
}
