package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Case;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * SESSIONS.md, written as simply as possible: two threads for each connection, one lock for
 * everything. It meets the requirements, unless it was given a {@link SessionDefect}. So the tests
 * show that each case fails with a defect and passes without it.
 */
final class SessionReference implements AutoCloseable {

  static final int MAX_MESSAGE_BYTES = 16_384;
  static final int MAX_NAME_BYTES = 64;
  static final int MAX_ROOMS = 20;

  /** All features but tokens, because the refusal of unsupported requests is judged too. */
  private static final List<String> FEATURES =
      List.of(
          "history",
          "search",
          "rooms",
          "members",
          "topic",
          "read",
          "delete",
          "claim",
          "link",
          "block",
          "moderate",
          "private");

  /** What the kit knows about each such server, for tests that start none. */
  static final SessionServer KNOWN = new SessionServer("lobby", () -> {}, "open-sesame");

  /** A post by its id, and its ack. */
  record Stored(Json content, Json ack) {}

  private final @Nullable SessionDefect defect;
  private final long helloMillis;
  private final ReferenceSchema schema = new ReferenceSchema(this);
  private final ServerSocket listening;
  private final List<ReferenceSession> connections = new ArrayList<>();
  private final List<ReferenceSession> sessions = new ArrayList<>();
  private final Map<String, ReferenceRoom> rooms = new TreeMap<>();
  private final Map<Object, Object> ids = new HashMap<>();
  private final ScheduledThreadPoolExecutor later =
      new ScheduledThreadPoolExecutor(1, new ThreadPoolExecutor.DiscardPolicy());
  private final ReferenceOwners owners = new ReferenceOwners(this);
  private long lastSeq;
  private boolean draining;
  private volatile boolean asksForKey;

  SessionReference(@Nullable SessionDefect defect, long helloMillis) throws IOException {
    this.defect = defect;
    this.helloMillis = helloMillis;
    this.listening = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  boolean has(SessionDefect one) {
    return defect == one;
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "reference-session");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        ReferenceSession session = new ReferenceSession(this, listening.accept());
        synchronized (connections) {
          connections.add(session);
        }
        start(session::serve);
        start(session::write);
      }
    } catch (IOException closed) {
      // by close()
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    later.shutdownNow();
    synchronized (connections) {
      connections.forEach(ReferenceSession::close);
    }
  }

  /** Returns all cases for this server, which asks for a key from now on. */
  List<Case> cases() {
    asksForKey = true;
    return SessionCases.all(new SessionServer("lobby", this::drain, KNOWN.key()));
  }

  boolean letsIn(@Nullable Object key) {
    return !asksForKey || has(ANY_KEY) || String.valueOf(KNOWN.key()).equals(key);
  }

  /** Sends bye to every session. */
  private synchronized void drain() {
    if (has(LOSES_AT_DRAIN)) {
      draining = true;
      ReferenceSession newest = sessions.get(sessions.size() - 1);
      Json post = Json.of("post").with("id", "lost").with("text", "lost");
      rooms.values().stream()
          .filter(room -> room.isIn(newest))
          .forEach(room -> room.post(newest, post));
    }
    long afterMillis = 1_000;
    for (ReferenceSession session : List.copyOf(sessions)) {
      session.drain(afterMillis);
      afterMillis += has(SAME_AFTER_MILLIS) ? 0 : 100;
    }
  }

  /** Returns true if posts are not delivered any more. */
  boolean isDraining() {
    return draining;
  }

  /**
   * How long presence is gathered. S-47 allows one second; but the receiver measures it, and a busy
   * machine may deliver one presence late and the next in time.
   */
  long presenceMillis() {
    return defect == null ? 2_500 : 1_000;
  }

  long helloMillis() {
    return helloMillis;
  }

  ReferenceSchema schema() {
    return schema;
  }

  /** Runs a task later, with the server's lock. */
  void later(Runnable task, long millis) {
    later.schedule(
        () -> {
          synchronized (this) {
            task.run();
          }
        },
        millis,
        TimeUnit.MILLISECONDS);
  }

  long mostBytes() {
    return has(ANY_LENGTH) ? Integer.MAX_VALUE : 8L * MAX_MESSAGE_BYTES;
  }

  int mostOfPiece() {
    return has(KEEPS_30_OF_A_PIECE) ? 30 : Integer.MAX_VALUE;
  }

  /** Reads {@code bytes} bytes; returns null if the stream ends before. */
  @Nullable Bytes next(InputStream in, int bytes) throws IOException, ReferenceWay.Violation {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    if (has(ONE_READ_AN_OBJECT) && in.available() == 0) {
      throw new ReferenceWay.Violation();
    }
    byte[] rest = in.readNBytes(bytes - 1);
    return rest.length < bytes - 1
        ? null
        : Bytes.copyOf(new byte[] {(byte) first}).plus(Bytes.copyOf(rest));
  }

  // Callers of everything below must hold the lock

  List<ReferenceSession> sessions() {
    return sessions;
  }

  Map<Object, Object> ids() {
    return ids;
  }

  ReferenceOwners owners() {
    return owners;
  }

  /** Returns all rooms. */
  List<ReferenceRoom> rooms() {
    return List.copyOf(rooms.values());
  }

  long nextSeq() {
    return ++lastSeq;
  }

  ReferenceRoom room(String name) {
    return rooms.computeIfAbsent(
        schema.key(name), key -> new ReferenceRoom(this, name, "e" + rooms.size()));
  }

  long roomsOf(ReferenceSession session) {
    return rooms.values().stream().filter(room -> room.isIn(session) && !room.isPrivate()).count();
  }

  void leaveAll(ReferenceSession session) {
    rooms.values().forEach(room -> room.leave(session));
  }

  void goes(ReferenceSession session) {
    leaveAll(session);
    rooms.values().forEach(room -> room.leaveSeed(session));
    sessions.remove(session);
  }

  Json welcome(String name, boolean owned) {
    Json limits =
        Json.empty()
            .with("maxMessageBytes", MAX_MESSAGE_BYTES)
            .with("maxNameBytes", MAX_NAME_BYTES)
            .with("maxRooms", MAX_ROOMS)
            .with("maxUnanswered", 50);
    Json welcome =
        Json.of("welcome")
            .with("v", 2)
            .with("name", name)
            .with("owned", owned)
            .with("server", "reference")
            .with("limits", limits)
            .with("features", FEATURES);
    return has(FORGETS_PING_SECONDS) ? welcome : welcome.with("pingSeconds", 30);
  }

  Json heads(ReferenceSession session) {
    Json heads = Json.empty();
    for (ReferenceRoom room : rooms.values()) {
      if (room.isIn(session)) {
        heads =
            heads.with(owners.seenBy(session, room.name()), has(HEADS_OF_ZERO) ? 0 : room.newest());
      }
    }
    return heads;
  }

  Json listed(Json request) {
    int most =
        request.get("limit") instanceof Long limit && !has(NO_LIST_LIMIT) ? limit.intValue() : 200;
    String behind = request.get("room") instanceof String room ? schema.key(room) : "";
    List<Json> listed =
        rooms.entrySet().stream()
            .filter(room -> room.getKey().compareTo(behind) > 0)
            .filter(room -> !room.getValue().isPrivate() || has(LISTS_PRIVATE_ROOMS))
            .limit(most)
            .map(room -> room.getValue().listed())
            .toList();
    return Json.of("rooms")
        .with("q", String.valueOf(request.get("q")))
        .with("rooms", listed)
        .with("complete", listed.size() < most);
  }
}
