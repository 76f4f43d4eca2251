package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.PrivateRoomsWatcher;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The private rooms of a server, and the sessions of their owners. All sessions of the two owners
 * join a private room without a request once a message is posted there.
 *
 * <p>No session misses a message. A post first registers its room, and then looks for sessions. A
 * new session first registers itself, and then looks for rooms. Whichever is later sees the other.
 * Thread-safe.
 */
final class Correspondence implements PrivateRoomsWatcher {

  /** A private room. */
  private static final class PrivateRoom {

    private final Pair pair;

    /** Grows with the time of the last post; 0 before the first one. */
    private volatile long lastPost;

    PrivateRoom(Pair pair) {
      this.pair = pair;
    }

    private String other(String ownerId) {
      return pair.first().id().equals(ownerId) ? pair.second().id() : pair.first().id();
    }
  }

  /** By the server's name for the room. */
  private final ConcurrentMap<String, PrivateRoom> byName = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<PrivateRoom>> byOwner = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<NamedSession>> sessionsOf = new ConcurrentHashMap<>();

  private final AtomicLong posts = new AtomicLong();

  /** Null where there are no other servers. */
  private final @Nullable PrivateElsewhere elsewhere;

  private final int most;

  /** By the owner's id: done once the owner's rooms on other servers are known. */
  private final ConcurrentMap<String, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();

  /**
   * @param elsewhere the private rooms of all servers; null where there is one server
   * @param most maximum number of an owner's rooms to look up there
   */
  Correspondence(@Nullable PrivateElsewhere elsewhere, int most) {
    this.elsewhere = elsewhere;
    this.most = most;
    if (elsewhere != null) {
      elsewhere.follow(new Remote());
    }
  }

  /** What happens on other servers. */
  private final class Remote implements PrivateElsewhere.Listener {

    @Override
    public void onPost(String room, long from) {
      Pair pair = Pair.ofKey(room);
      if (pair != null && (isHere(pair.first().id()) || isHere(pair.second().id()))) {
        made(room, true);
        used(room);
        join(pair, from);
      }
    }

    @Override
    public Set<String> owners() {
      return Set.copyOf(sessionsOf.keySet());
    }
  }

  private boolean isHere(String ownerId) {
    return sessionsOf.containsKey(ownerId);
  }

  /**
   * Looks up an owner's rooms on other servers.
   *
   * @return null if they are known; fails if they cannot be looked up for now
   */
  @Nullable CompletionStage<Void> needs(Owner owner) {
    if (elsewhere == null) {
      return null;
    }
    CompletableFuture<Void> mine = new CompletableFuture<>();
    CompletableFuture<Void> before = asked.putIfAbsent(owner.id(), mine);
    if (before != null) {
      return before.isDone() ? null : before;
    }
    elsewhere
        .newest(owner.id(), most)
        .whenComplete(
            (rooms, failure) -> {
              if (failure == null) {
                for (int i = rooms.size() - 1; i >= 0; i--) {
                  made(rooms.get(i), true);
                }
                mine.complete(null);
              } else {
                asked.remove(owner.id(), mine);
                mine.completeExceptionally(failure);
              }
            });
    return mine.isDone() && !mine.isCompletedExceptionally() ? null : mine;
  }

  /** An owner's last session has ended: forgets the rooms of which no owner is here. */
  private void forget(String ownerId) {
    asked.remove(ownerId);
    for (PrivateRoom room : byOwner.getOrDefault(ownerId, Set.of())) {
      String other = room.other(ownerId);
      if (other.equals(ownerId) || !isHere(other)) {
        dropped(room.pair.key());
      }
    }
  }

  // ---- which rooms there are

  @Override
  public void made(String room, boolean used) {
    Pair pair = Pair.ofKey(room);
    if (pair == null) {
      return; // an imported room without owners
    }
    PrivateRoom fresh = new PrivateRoom(pair);
    PrivateRoom present = byName.putIfAbsent(room, fresh);
    PrivateRoom known = present == null ? fresh : present;
    if (used && known.lastPost == 0) {
      known.lastPost = posts.incrementAndGet();
    }
    if (present != null) {
      return; // it was known before it was opened
    }
    add(byOwner, pair.first(), known);
    add(byOwner, pair.second(), known);
  }

  @Override
  public void dropped(String room) {
    PrivateRoom known = byName.remove(room);
    if (known != null) {
      remove(byOwner, known.pair.first(), known);
      remove(byOwner, known.pair.second(), known);
    }
  }

  private static <T> void add(ConcurrentMap<String, Set<T>> all, Owner owner, T one) {
    all.compute(
        owner.id(),
        (id, present) -> {
          Set<T> some = present == null ? ConcurrentHashMap.newKeySet(2) : present;
          some.add(one);
          return some;
        });
  }

  private static <T> void remove(ConcurrentMap<String, Set<T>> all, Owner owner, T one) {
    all.computeIfPresent(
        owner.id(),
        (id, some) -> {
          some.remove(one);
          return some.isEmpty() ? null : some;
        });
  }

  /** The owner's private rooms with messages, the latest first. */
  List<Pair> newest(Owner owner, int limit) {
    return byOwner.getOrDefault(owner.id(), Set.of()).stream()
        .filter(room -> room.lastPost > 0)
        .sorted(Comparator.comparingLong((PrivateRoom room) -> room.lastPost).reversed())
        .limit(limit)
        .map(room -> room.pair)
        .toList();
  }

  /** Grows with the time of the last post in a room; 0 if there is none. */
  long lastPost(String room) {
    PrivateRoom known = byName.get(room);
    return known == null ? 0 : known.lastPost;
  }

  // ---- the sessions of their owners

  /** Registers a session of an owned name. */
  void arrives(Owner owner, NamedSession session) {
    add(sessionsOf, owner, session);
  }

  /** The session has ended, or its name has another owner. */
  void goes(Owner owner, NamedSession session) {
    remove(sessionsOf, owner, session);
    if (elsewhere != null) {
      sessionsOf.compute(
          owner.id(),
          (id, others) -> {
            if (others == null) {
              forget(id);
            }
            return others;
          });
    }
  }

  /**
   * One of the two is about to post in their room: makes all their sessions join it.
   *
   * @param from the last sequence number before the post
   */
  void announce(Pair pair, long from) {
    used(pair.key());
    if (elsewhere != null) {
      elsewhere.announcePost(pair.key(), from);
    }
    join(pair, from);
  }

  private void used(String room) {
    PrivateRoom known = byName.get(room);
    if (known != null) {
      known.lastPost = posts.incrementAndGet();
    }
  }

  private void join(Pair pair, long from) {
    join(pair.first(), pair, from);
    if (!pair.first().id().equals(pair.second().id())) {
      join(pair.second(), pair, from);
    }
  }

  private void join(Owner owner, Pair pair, long from) {
    sessionsOf.getOrDefault(owner.id(), Set.of()).forEach(session -> session.join(pair, from));
  }

  /** Notifies all sessions of a name of a change on another server. */
  void tell(String ownerId, Consumer<NamedSession> what) {
    sessionsOf.getOrDefault(ownerId, Set.of()).forEach(what);
  }

  /** Sends an object to all sessions of a name except one. */
  void tell(Owner owner, NamedSession except, FromServer object) {
    for (NamedSession session : sessionsOf.getOrDefault(owner.id(), Set.of())) {
      if (session != except) {
        session.tell(object);
      }
    }
  }
}
