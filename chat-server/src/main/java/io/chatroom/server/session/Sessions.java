package io.chatroom.server.session;

import io.chatroom.server.room.Rooms;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What all sessions of a server share, and which there are. Thread-safe. */
public final class Sessions {

  /** There is as much memory for buffers as heap; what may wait unread is this part of it. */
  private static final int UNREAD_PART = 8;

  private final Rooms rooms;
  private final Terms terms;
  private final ReadGate reads;
  private final Names names = new Names();
  private final Unread unread;
  private final Set<Session> live = ConcurrentHashMap.newKeySet();

  /**
   * Makes the place where sessions are.
   *
   * @param rooms where they join
   * @param terms what each is offered
   * @param reads who reads how much at once
   */
  public Sessions(Rooms rooms, Terms terms, ReadGate reads) {
    this(rooms, terms, reads, new Unread(Runtime.getRuntime().maxMemory() / UNREAD_PART));
  }

  /** The same, with a bound of its own for what waits for those that do not read. */
  public Sessions(Rooms rooms, Terms terms, ReadGate reads, Unread unread) {
    this.unread = unread;
    this.rooms = rooms;
    this.terms = terms;
    this.reads = reads;
  }

  /** Begins a session: its client has connected and said nothing yet. */
  public Session begin(Wire wire) {
    Session session = new Session(this, wire);
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
    return terms;
  }

  /**
   * The server stops: says goodbye to those that are in no room. Rooms say goodbye to all others.
   * From any thread.
   */
  public void sayGoodbye() {
    live.forEach(session -> session.wire().execute(session::sayGoodbyeUnlessInRooms));
  }

  Rooms rooms() {
    return rooms;
  }

  ReadGate reads() {
    return reads;
  }

  Names names() {
    return names;
  }

  void ended(Session session) {
    live.remove(session);
  }
}
