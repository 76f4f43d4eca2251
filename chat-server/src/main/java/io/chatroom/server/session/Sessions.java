package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.People;
import io.chatroom.server.room.Rooms;
import io.chatroom.server.search.Search;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** All sessions of a server, and what they share. Thread-safe. */
public final class Sessions {

  /** Unread bytes may take 1/8 of the memory for buffers, which is as large as the heap. */
  private static final int UNREAD_PART = 8;

  private final Shared shared;
  private final Unread unread;
  private final Set<Session> live = ConcurrentHashMap.newKeySet();

  /**
   * Makes the sessions of a server.
   *
   * @param rooms the rooms of the server
   * @param terms the limits of each session
   * @param reads limits concurrent reads of history
   * @param search finds messages
   * @param people identities and permissions
   */
  public Sessions(Rooms rooms, Terms terms, ReadGate reads, Search search, People people) {
    this(rooms, terms, reads, search, people, (PrivateElsewhere) null);
  }

  /**
   * Makes the sessions of a server in a cluster.
   *
   * @param elsewhere the private rooms on all servers; null if there is only this server
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

  /** Makes the sessions of a server with another limit for unread bytes. */
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
        .whenChangedElsewhere(
            (owner, room, to) ->
                correspondence.tell(owner, session -> session.isRead(room, to.seq())));
    people
        .blocks()
        .whenChangedElsewhere(
            owner -> {
              FromServer blocked = new FromServer.Blocked(null, people.blocks().of(owner));
              correspondence.tell(owner, session -> session.tell(blocked));
            });
    this.shared = new Shared(rooms, terms, reads, search, people, correspondence);
    this.unread = unread;
  }

  /**
   * Begins a session for a new connection.
   *
   * @param member the session as a member of rooms
   * @param kind the kind of sessions that it belongs to
   */
  public Session begin(Wire wire, SessionMember member, SessionKind kind) {
    Session session = new Session(shared, wire, member, kind.kinds(), live::remove);
    live.add(session);
    return session;
  }

  /** The number of sessions, including those without a hello so far. */
  public int size() {
    return live.size();
  }

  /** The bytes that wait for clients that do not read. */
  public Unread unread() {
    return unread;
  }

  /** The limits of each session. */
  public Terms terms() {
    return shared.terms();
  }

  /** Permissions have changed: ends the sessions whose person may not stay. From any thread. */
  public void recheck() {
    live.forEach(session -> session.wire().execute(session::recheck));
  }

  /**
   * The server is stopping: ends the sessions that are in no room. Rooms end all others. From any
   * thread.
   */
  public void sayGoodbye() {
    live.forEach(session -> session.wire().execute(session::sayGoodbyeUnlessInRooms));
  }
}
