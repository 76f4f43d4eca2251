package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.Owner;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.PrivateRoomsWatcher;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

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
  }

  /** By the name of the room. */
  private final ConcurrentMap<String, Talk> talks = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<Talk>> talksOf = new ConcurrentHashMap<>();

  /** By the owner's id. */
  private final ConcurrentMap<String, Set<NamedSession>> sessionsOf = new ConcurrentHashMap<>();

  private final AtomicLong sayings = new AtomicLong();

  // ---- which rooms there are

  @Override
  public void made(String room, boolean used) {
    Pair pair = Pair.ofKey(room);
    if (pair == null) {
      return; // it was imported, and is nobody's
    }
    Talk known = talks.get(room);
    Talk talk = known == null ? new Talk(pair) : known;
    if (used && talk.said == 0) {
      talk.said = sayings.incrementAndGet();
    }
    if (known != null) {
      return; // it was kept, though not open
    }
    talks.put(room, talk);
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
  }

  /**
   * One of the two is about to say something in their room, where it has a place.
   *
   * @param from where the room's order ends before that
   */
  void says(Pair pair, long from) {
    Talk talk = talks.get(pair.key());
    if (talk != null) {
      talk.said = sayings.incrementAndGet();
    }
    hear(pair.first(), pair, from);
    if (!pair.first().id().equals(pair.second().id())) {
      hear(pair.second(), pair, from);
    }
  }

  private void hear(Owner owner, Pair pair, long from) {
    sessionsOf.getOrDefault(owner.id(), Set.of()).forEach(session -> session.hear(pair, from));
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
