package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Search;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What all sessions of a server share, and which there are. Thread-safe. */
public final class Sessions {

  /** There is as much memory for buffers as heap; what may wait unread is this part of it. */
  private static final int UNREAD_PART = 8;

  private final Shared shared;
  private final Unread unread;
  private final Set<Session> live = ConcurrentHashMap.newKeySet();

  /**
   * Makes the place where sessions are.
   *
   * @param rooms where they join
   * @param terms what each is offered
   * @param reads who reads how much at once
   * @param search how they find messages
   * @param people who they are, and what each may do
   */
  public Sessions(Rooms rooms, Terms terms, ReadGate reads, Search search, People people) {
    this(rooms, terms, reads, search, people, (PrivateElsewhere) null);
  }

  /**
   * The same of one server among others, which know of more private rooms; null if there are none.
   */
  public Sessions(
      Rooms rooms,
      Terms terms,
      ReadGate reads,
      Search search,
      People people,
      @Nullable PrivateElsewhere elsewhere) {
    this(
        rooms,
        terms,
        reads,
        search,
        people,
        new Unread(Runtime.getRuntime().maxMemory() / UNREAD_PART),
        elsewhere);
  }

  /** The same, with a bound of its own for what waits for those that do not read. */
  public Sessions(
      Rooms rooms, Terms terms, ReadGate reads, Search search, People people, Unread unread) {
    this(rooms, terms, reads, search, people, unread, null);
  }

  private Sessions(
      Rooms rooms,
      Terms terms,
      ReadGate reads,
      Search search,
      People people,
      Unread unread,
      @Nullable PrivateElsewhere elsewhere) {
    Correspondence correspondence = new Correspondence(elsewhere, terms.maxPrivateRooms());
    rooms.watch(correspondence);
    people
        .marks()
        .whenTold(
            (owner, room, to) ->
                correspondence.tell(owner, session -> session.isRead(room, to.seq())));
    people
        .blocks()
        .whenTold(
            owner -> {
              FromServer blocked = new FromServer.Blocked(null, people.blocks().of(owner));
              correspondence.tell(owner, session -> session.tell(blocked));
            });
    this.shared = new Shared(rooms, terms, reads, search, people, correspondence);
    this.unread = unread;
  }

  /**
   * Begins a session: its client has connected and said nothing yet.
   *
   * @param member as what the rooms know it
   * @param kind what members get that are carried like it
   */
  public Session begin(Wire wire, SessionMember member, SessionKind kind) {
    Session session = new Session(shared, wire, member, kind.kinds(), live::remove);
    live.add(session);
    return session;
  }

  /** How many there are, those whose hello has not come included. */
  public int size() {
    return live.size();
  }

  /** What waits for those that do not read. */
  public Unread unread() {
    return unread;
  }

  /** What each is offered. */
  public Terms terms() {
    return shared.terms();
  }

  /** Something has changed about who may be here: ends those that may not. From any thread. */
  public void lookAgain() {
    live.forEach(session -> session.wire().execute(session::recheck));
  }

  /**
   * The server stops: says goodbye to those that are in no room. Rooms say goodbye to all others.
   * From any thread.
   */
  public void sayGoodbye() {
    live.forEach(session -> session.wire().execute(session::sayGoodbyeUnlessInRooms));
  }
}
