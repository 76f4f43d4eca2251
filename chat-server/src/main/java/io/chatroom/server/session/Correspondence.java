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
 * Which private rooms there are, and which sessions hear them: all those of the two names, without
 * having joined.
 *
 * <p>No session misses a message. Who posts first says that there is something to hear, and then
 * looks which sessions there are; a session that comes first says that it is there, and then looks
 * what there is to hear. Whichever is later sees the other. Thread-safe.
 */
final class Correspondence implements PrivateRoomsWatcher {

  /** A room of two. */
  private static final class Talk {

    private final Pair pair;

    /** The later something was said, the greater; 0 while nothing was. */
    private volatile long said;

    Talk(Pair pair) {
      this.pair = pair;
    }

    private String other(String ownerId) {
      return pair.first().id().equals(ownerId) ? pair.second().id() : pair.first().id();
    }
  }

  /** By the name of the room. */
  private final ConcurrentMap<String, Talk> talks = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<Talk>> talksOf = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<NamedSession>> sessionsOf = new ConcurrentHashMap<>();

  private final AtomicLong sayings = new AtomicLong();

  /** Null where there are no other servers. */
  private final @Nullable PrivateElsewhere elsewhere;

  private final int most;

  /** By the owner's id: done once its rooms are known that other servers know. */
  private final ConcurrentMap<String, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();

  /**
   * @param elsewhere the private rooms of all servers; null where there is one server
   * @param most how many of an owner's rooms have to be known
   */
  Correspondence(@Nullable PrivateElsewhere elsewhere, int most) {
    this.elsewhere = elsewhere;
    this.most = most;
    if (elsewhere != null) {
      elsewhere.follow(new Heard());
    }
  }

  /** What happens on other servers. */
  private final class Heard implements PrivateElsewhere.Ear {

    @Override
    public void says(String room, long from) {
      Pair pair = Pair.ofKey(room);
      if (pair != null && (isHere(pair.first().id()) || isHere(pair.second().id()))) {
        made(room, true);
        isSaid(room);
        hear(pair, from);
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
   * What has to be known before all rooms of an owner are known.
   *
   * @return null if nothing; failed where it cannot be known for now
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

  /** Nobody here hears an owner's rooms any more: those that neither of two hears are forgotten. */
  private void forget(String ownerId) {
    asked.remove(ownerId);
    for (Talk talk : talksOf.getOrDefault(ownerId, Set.of())) {
      String other = talk.other(ownerId);
      if (other.equals(ownerId) || !isHere(other)) {
        dropped(talk.pair.key());
      }
    }
  }

  // ---- which rooms there are

  @Override
  public void made(String room, boolean used) {
    Pair pair = Pair.ofKey(room);
    if (pair == null) {
      return; // it was imported, and is nobody's
    }
    Talk fresh = new Talk(pair);
    Talk known = talks.putIfAbsent(room, fresh);
    Talk talk = known == null ? fresh : known;
    if (used && talk.said == 0) {
      talk.said = sayings.incrementAndGet();
    }
    if (known != null) {
      return; // it was kept, though not open
    }
    add(talksOf, pair.first(), talk);
    add(talksOf, pair.second(), talk);
  }

  @Override
  public void dropped(String room) {
    Talk talk = talks.remove(room);
    if (talk != null) {
      remove(talksOf, talk.pair.first(), talk);
      remove(talksOf, talk.pair.second(), talk);
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

  /** The pairs of an owner who have said something, those first who did so last. */
  List<Pair> newest(Owner owner, int limit) {
    return talksOf.getOrDefault(owner.id(), Set.of()).stream()
        .filter(talk -> talk.said > 0)
        .sorted(Comparator.comparingLong((Talk talk) -> talk.said).reversed())
        .limit(limit)
        .map(talk -> talk.pair)
        .toList();
  }

  /** The later something was said in a room, the greater; 0 if nothing was. */
  long said(String room) {
    Talk talk = talks.get(room);
    return talk == null ? 0 : talk.said;
  }

  // ---- who hears them

  /** A session of an owned name is there. */
  void arrives(Owner owner, NamedSession session) {
    add(sessionsOf, owner, session);
  }

  /** It has gone. */
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
   * One of the two is about to say something in their room, where it has a place.
   *
   * @param from where the room's order ends before that
   */
  void says(Pair pair, long from) {
    isSaid(pair.key());
    if (elsewhere != null) {
      elsewhere.says(pair.key(), from);
    }
    hear(pair, from);
  }

  private void isSaid(String room) {
    Talk talk = talks.get(room);
    if (talk != null) {
      talk.said = sayings.incrementAndGet();
    }
  }

  private void hear(Pair pair, long from) {
    hear(pair.first(), pair, from);
    if (!pair.first().id().equals(pair.second().id())) {
      hear(pair.second(), pair, from);
    }
  }

  private void hear(Owner owner, Pair pair, long from) {
    sessionsOf.getOrDefault(owner.id(), Set.of()).forEach(session -> session.hear(pair, from));
  }

  /** Tells all sessions of a name something that was done on another server. */
  void tell(String ownerId, Consumer<NamedSession> what) {
    sessionsOf.getOrDefault(ownerId, Set.of()).forEach(what);
  }

  /** Tells all sessions of a name something, but for one of them. */
  void tell(Owner owner, NamedSession except, FromServer object) {
    for (NamedSession session : sessionsOf.getOrDefault(owner.id(), Set.of())) {
      if (session != except) {
        session.tell(object);
      }
    }
  }
}
