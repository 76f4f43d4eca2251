package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import io.chatroom.client.conformance.session.JsonReader.NotJsonException;
import io.chatroom.client.conformance.session.ReferenceWay.Violation;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One peer of a {@link SessionReference}: a session, or a member of the seed's protocol. */
final class ReferenceSession {

  private static final Pattern HALF = Pattern.compile("\\\\u[dD][89a-fA-F][0-9a-fA-F]{2}");
  private static final Pattern MARK = Pattern.compile("\"(q|id)\"\\s*:\\s*\"([^\"\\\\]*)\"");
  private static final List<String> PROBLEMS =
      List.of("bad-request", "unknown-type", "id-reused", "too-long", "too-many-rooms");
  private static final Bytes END = Bytes.utf8("end");

  private final SessionReference server;
  private final Socket socket;
  private final InputStream in;
  private final BlockingQueue<Bytes> out = new LinkedBlockingQueue<>();
  private final List<ReferenceRoom> left = new ArrayList<>();
  private final Map<Object, Object> ids = new java.util.HashMap<>();
  private ReferenceWay way;
  private String name = "";
  private String client = "";
  private boolean owned;
  private boolean welcome;
  private boolean bye;
  private boolean ended;
  private volatile boolean gone;
  private @Nullable Json held;
  private @Nullable Bytes heldPair;
  private int heardPairs;
  private int ofThisPiece;

  /** Writes bytes that are not an object. */
  @FunctionalInterface
  interface Pen {
    void write(Bytes bytes);
  }

  ReferenceSession(SessionReference server, Socket socket) throws IOException {
    this.server = server;
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    this.way = new ReferenceWay.Tcp(server, in);
    socket.setTcpNoDelay(true);
  }

  private boolean has(SessionDefect one) {
    return server.has(one);
  }

  String name() {
    return name;
  }

  String client() {
    return client;
  }

  boolean isOwned() {
    return owned;
  }

  boolean hasLeft(ReferenceRoom room) {
    return left.contains(room);
  }

  // Writing

  void send(Json object) {
    boolean dropped = has(DROPS_FOR_LAGGING) && object.is("message") && out.size() > 100 && !gone;
    if (!dropped) {
      sendRaw(way.frame(server.owners().seenBy(this, object).bytes()));
    }
  }

  /** Sends a message of its room. */
  void deliver(Json message, int index) {
    boolean holds = has(SWAPS_FOR_SOME) && index % 2 == 1 && held == null;
    if (holds && String.valueOf(message.get("text")).endsWith(" 7")) {
      held = message;
      return;
    }
    send(message);
    if (held != null) {
      send(held);
      held = null;
    }
  }

  void hearSeed(Bytes pair) {
    if (has(SWAPS_FOR_SEED) && ++heardPairs % 10 == 0) {
      heldPair = pair;
      return;
    }
    sendRaw(pair);
    if (heldPair != null) {
      sendRaw(heldPair);
      heldPair = null;
    }
  }

  void sendRaw(Bytes bytes) {
    if (has(WRITES_IN_THE_ROOM)) {
      write(bytes);
    } else {
      out.add(bytes);
    }
  }

  private void write(Bytes bytes) {
    try {
      socket.getOutputStream().write(bytes.toArray());
    } catch (IOException e) {
      gone = true;
    }
  }

  void write() {
    try {
      Bytes next = out.take();
      while (!next.equals(END)) {
        write(next);
        next = out.take();
      }
      if (!has(KEEPS_ITS_SIDE_OPEN)) {
        socket
            .shutdownOutput(); // not closed: unread bytes would cause a reset and discard what was
        // sent
      }
    } catch (IOException | InterruptedException e) {
      close();
    }
  }

  void close() {
    try {
      socket.close();
    } catch (IOException e) {
      gone = true;
    }
  }

  // Reading

  void serve() {
    server.later(this::closeUnlessWelcome, server.helloMillis());
    try {
      begin();
    } catch (IOException | Violation e) {
      synchronized (server) {
        server.goes(this);
        out.add(END);
      }
    }
  }

  private void closeUnlessWelcome() {
    if (!welcome && !has(NO_HELLO_TIMEOUT)) {
      close();
    }
  }

  private void begin() throws IOException, Violation {
    in.mark(16);
    int first = in.read();
    in.reset();
    if (Character.isDigit(first) || first == ' ') {
      seed();
    } else if (first == 'G') {
      http();
    } else if (first == 'C') {
      Bytes magic = Bytes.copyOf(in.readNBytes(10));
      if (magic.equals(TcpWire.MAGIC)) {
        session();
      } else if (!has(IGNORES_STRANGERS)) {
        close();
      }
    } else if (!has(IGNORES_STRANGERS)) {
      close();
    }
  }

  private void seed() throws IOException {
    Framing.Frame registration = Framing.read(in);
    if (registration == null) {
      close();
      return;
    }
    name = text(registration.payload());
    welcome = true;
    ReferenceRoom room;
    synchronized (server) {
      room = server.room("lobby");
      room.joinSeed(this);
    }
    Framing.Frame frame = Framing.read(in);
    while (frame != null) {
      synchronized (server) {
        room.send(this, text(frame.payload()));
      }
      frame = Framing.read(in);
    }
    synchronized (server) {
      room.leaveSeed(this);
    }
    close();
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.UTF_8);
  }

  private void http() throws IOException, Violation {
    ReferenceUpgrade upgrade = ReferenceUpgrade.read(server, in);
    if (upgrade.status() != 101 && has(CLOSES_OTHER_PATHS)) {
      close();
      return;
    }
    sendRaw(upgrade.answer());
    if (upgrade.status() == 101) {
      way = new ReferenceWay.WebSocket(server, in, this::sendRaw);
      session();
    } else {
      out.add(END);
    }
  }

  private void session() throws IOException {
    if (has(DROPS_WHAT_FOLLOWS_OPENING) && in.available() > 200) {
      in.skipNBytes(in.available());
    }
    try {
      Bytes object = way.read();
      while (object != null) {
        if (has(ONE_READ_AN_OBJECT) && in.available() > 0) {
          throw new Violation(); // a busy machine may have joined pieces of two objects
        }
        ofThisPiece = in.available() > 0 ? ofThisPiece + 1 : 0;
        synchronized (server) {
          if (!gone && ofThisPiece <= server.mostOfPiece()) {
            take(object);
          }
        }
        boolean goesOn = !bye || (has(HEARS_BEHIND_BYE) && in.available() > 0);
        object = goesOn ? way.read() : null;
      }
      end(1000);
      in.transferTo(OutputStream.nullOutputStream());
    } catch (Violation e) {
      endBy("protocol", "stop", 4500);
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      synchronized (server) {
        server.goes(this);
        if (has(RESETS_CLOSE_ANOTHER)) {
          server.sessions().stream().findFirst().ifPresent(ReferenceSession::close);
        }
      }
      close();
    }
  }

  private void end(int number) {
    synchronized (server) {
      gone = true;
      if (!ended) {
        ended = true;
        server.goes(this);
        out.add(way.ending(number));
        out.add(END);
      }
    }
  }

  private void endBy(String code, String act, int number) {
    endBy(Json.of("bye").with("code", code).with("do", act), number);
  }

  private void endBy(Json goodbye, int number) {
    if (!has(NO_BYE)) {
      send(goodbye.with("text", "Goodbye."));
    }
    end(number);
    bye = true;
  }

  void drain(long afterMillis) {
    Json goodbye = Json.of("bye").with("code", "draining").with("do", "reconnect");
    endBy(goodbye.with("afterMillis", afterMillis), 4000);
  }

  private void take(Bytes object) {
    if (has(COUNTS_BYTES_OF_JSON) && object.length() > SessionReference.MAX_MESSAGE_BYTES) {
      refuse(object, "too-long");
      return;
    }
    try {
      Json request = JsonReader.read(object);
      if (request.get("type") instanceof String type) {
        take(request, type, object);
        return;
      }
    } catch (NotJsonException e) {
      boolean broken = text(object).contains("\ufffd");
      if (has(TAKES_LATIN_1) && broken) {
        take(Bytes.utf8(text(object)));
        return;
      }
      if (way instanceof ReferenceWay.WebSocket && broken) {
        endBy("protocol", "stop", 4500);
        return;
      }
      if (has(TAKES_HALF_CHARACTERS) && HALF.matcher(text(object)).find()) {
        take(Bytes.utf8(HALF.matcher(text(object)).replaceAll("?")));
        return;
      }
    }
    bad(object);
  }

  private void bad(Bytes object) {
    if (has(ENDS_ON_BAD_OBJECTS)) {
      endBy("protocol", "stop", 4500);
    } else if (!has(IGNORES_BAD_OBJECTS)) {
      refuse(object, "bad-request");
    }
  }

  private void take(Json request, String type, Bytes object) {
    if (type.equals("hello")
        && request.get("v") instanceof Long version
        && version != 2
        && !has(ANY_VERSION)) {
      endBy("version", "stop", 4501);
      return;
    }
    if (has(TYPE_MUST_BE_FIRST) && !text(object).startsWith("{\"type\"")) {
      bad(object);
      return;
    }
    if (has(DEPTH_OF_8) && text(object).contains("[".repeat(8))) {
      bad(object);
      return;
    }
    if (!ReferenceSchema.knows(type)) {
      if (!has(IGNORES_UNKNOWN_TYPES)) {
        refuse(object, "unknown-type");
      }
      return;
    }
    boolean early = !welcome && !List.of("hello", "ping", "bye").contains(type);
    Json checked = server.schema().check(request);
    boolean late = welcome && type.equals("hello") && !has(SECOND_HELLO_RENAMES);
    if (early && has(ENDS_ON_EARLY_OBJECTS)) {
      endBy("protocol", "stop", 4500);
    } else if (checked == null || early || late) {
      bad(object);
    } else {
      answer(checked, type, object);
    }
  }

  private void refuse(Bytes object, String code) {
    Json error = Json.of("error");
    var mark = MARK.matcher(text(object));
    while (mark.find()) {
      boolean taken = error.has("q") || error.has("id") || has(ERRORS_WITHOUT_MARK);
      error = taken ? error : error.with(mark.group(1), mark.group(2));
    }
    send(error(error, code));
  }

  private static Json error(Json begun, String code) {
    return begun
        .with("code", code)
        .with("do", PROBLEMS.contains(code) ? "change" : code.equals("rate") ? "retry" : "ask")
        .with("text", "This was refused.");
  }

  private void refuse(Json request, String code) {
    boolean post = request.is("post");
    Object mark = post ? request.get("id") : request.get("q");
    Json error = Json.of("error");
    boolean marked = mark != null && !has(ERRORS_WITHOUT_MARK);
    send(error(marked ? error.with(post ? "id" : "q", String.valueOf(mark)) : error, code));
  }

  // Answering

  private void answer(Json request, String type, Bytes object) {
    switch (type) {
      case "hello" -> hello(request, object);
      case "ping" -> send(marked("pong", request).with("heads", server.heads(this)));
      case "bye" -> bye = true;
      case "rooms" -> send(server.listed(request));
      case "claim", "link", "block" -> ofOwner(request, type);
      default -> inRoom(request, type);
    }
  }

  private void ofOwner(Json request, String type) {
    ReferenceOwners owners = server.owners();
    if (type.equals("claim")) {
      String token = owned || !owners.looksOwned(name) ? owners.claim(name) : null;
      owned = owned || token != null;
      if (token == null) {
        refuse(request, "name-owned");
      } else {
        send(marked("owned", request).with("token", token));
      }
    } else if (!owned) {
      refuse(request, "forbidden");
    } else if (type.equals("link")) {
      send(marked("link", request).with("code", owners.code(name)).with("seconds", 600));
    } else {
      send(marked("blocked", request).with("names", owners.block(name, request)));
    }
  }

  private void inRoom(Json request, String type) {
    String key = String.valueOf(request.get("room"));
    String denial = server.owners().denies(this, key);
    if (denial != null) {
      refuse(request, denial);
      return;
    }
    ReferenceRoom room = server.room(server.owners().roomOf(this, key));
    if (room.isPrivate() && !room.isIn(this) && !type.equals("join")) {
      room.join(this, Json.of("join"), null);
    }
    switch (type) {
      case "join" -> join(room, request, null);
      case "leave" -> leave(room, request);
      case "post" -> post(room, request);
      case "history" -> send(room.history(request));
      case "search" -> send(room.search(request));
      case "members" -> send(room.membersPage(request));
      case "read" -> read(room, request);
      case "delete" -> {
        String why = room.delete(this, ReferenceRoom.seq(request));
        if (why != null) {
          refuse(request, why);
        }
      }
      case "moderate" -> moderate(room, request);
      default -> room.topic(this, String.valueOf(request.get("text")));
    }
  }

  private void read(ReferenceRoom room, Json request) {
    if (owned || has(GUESTS_HAVE_READ)) {
      room.read(this, ReferenceRoom.seq(request));
    } else {
      send(error(Json.of("error").with("room", room.name()), "forbidden"));
    }
  }

  private void moderate(ReferenceRoom room, Json request) {
    String action = String.valueOf(request.get("action"));
    String target = request.get("target") instanceof String name ? name : null;
    if (!room.isIn(this)) {
      refuse(request, "not-joined");
    } else if (!room.order().isOp(this)) {
      refuse(request, "forbidden");
    } else {
      room.order().lay(action, target);
      room.moderated(this, action, target);
    }
  }

  private Json marked(String type, Json request) {
    Object q = request.get("q");
    if (q == null) {
      return Json.of(type);
    }
    String mark = q.toString();
    boolean cut = has(CUTS_Q) && mark.length() > 32;
    return Json.of(type).with("q", cut ? mark.substring(0, 32) : mark);
  }

  private void hello(Json hello, Bytes object) {
    String asked = String.valueOf(hello.get("name"));
    String id = String.valueOf(hello.get("client"));
    List<?> wishes = hello.get("rooms") instanceof List<?> list ? list : List.of();
    boolean twice = wishes.stream().distinct().count() < wishes.size() && !has(ROOMS_TWICE);
    if (twice || (!id.matches("[0-9a-fA-F]{32}") && !has(ANY_CLIENT))) {
      bad(object);
      return;
    }
    boolean tooLong = ReferenceSchema.bytes(asked) > SessionReference.MAX_NAME_BYTES;
    boolean taken =
        has(REFUSES_SAME_CLIENT)
            && server.sessions().stream().anyMatch(each -> each.client.equals(id));
    if ((tooLong && !has(NO_NAME_LIMIT)) || taken) {
      send(error(Json.of("error"), taken ? "name-taken" : "name-bad"));
      return;
    }
    if (!server.letsIn(hello.get("key"))) {
      endBy("key-wrong", "stop", 4506);
      return;
    }
    String denial = server.owners().denies(asked, hello.get("token"));
    if (denial != null) {
      send(error(Json.of("error"), denial));
      return;
    }
    owned = hello.has("token");
    name = owned ? server.owners().nameOf(asked) : asked;
    client = id;
    welcome = true;
    server.sessions().add(this);
    if (has(DROPS_WHAT_FOLLOWS_HELLO)) {
      try {
        in.skipNBytes(in.available());
      } catch (IOException e) {
        close();
      }
    }
    send(server.welcome(name, owned));
    List<Object> rooms = new ArrayList<>(wishes);
    if (has(ROOMS_BACKWARDS)) {
      Collections.reverse(rooms);
    }
    for (Object wish : rooms) {
      Json join = (Json) wish;
      join = has(HELLO_DOES_NOT_RESUME) ? join.without("after") : join;
      String room = String.valueOf(join.get("room"));
      String refusal = server.owners().denies(this, room);
      if (refusal == null) {
        join(server.room(server.owners().roomOf(this, room)), join, room);
      } else {
        refuseJoin(join, refusal, room);
      }
    }
    for (ReferenceRoom room : server.rooms()) {
      if (server.owners().isOf(this, room.name()) && room.newest() > 0 && !room.isIn(this)) {
        room.join(this, Json.of("join"), null);
      }
    }
  }

  private void refuseJoin(Json join, String code, @Nullable String wished) {
    if (wished == null) {
      refuse(join, code);
    } else {
      Json error = Json.of("error");
      send(error(has(ERRORS_WITHOUT_ROOM) ? error : error.with("room", wished), code));
    }
  }

  private void join(ReferenceRoom room, Json join, @Nullable String wished) {
    boolean tooMany =
        server.roomsOf(this) >= SessionReference.MAX_ROOMS
            && !room.isIn(this)
            && !room.isPrivate()
            && !has(NO_ROOM_LIMIT);
    String denial = tooMany ? "too-many-rooms" : room.order().denies(this, room.isIn(this));
    if (denial != null) {
      refuseJoin(join, denial, wished);
      return;
    }
    if (has(ONE_ROOM_AT_A_TIME)) {
      server.leaveAll(this);
    }
    room.join(this, join, join.get("q"));
  }

  private void leave(ReferenceRoom room, Json request) {
    if (!room.isIn(this) && !has(LEAVES_ANYTHING)) {
      refuse(request, "not-joined");
      return;
    }
    room.leave(this);
    left.add(room);
    send(marked("left", request).with("room", room.name()));
  }

  private void post(ReferenceRoom room, Json post) {
    String text = String.valueOf(post.get("text"));
    if (!room.isIn(this) && !has(POSTS_FROM_OUTSIDE)) {
      refuse(post, "not-joined");
      return;
    }
    if (ReferenceSchema.bytes(text) > SessionReference.MAX_MESSAGE_BYTES && !has(NO_TEXT_LIMIT)) {
      refuse(post, "too-long");
      return;
    }
    String denial =
        room.isPrivate()
            ? server.owners().isBlocked(room.name()) ? "forbidden" : null
            : room.order().silences(this);
    if (denial != null) {
      refuse(post, denial);
      return;
    }
    if (room.isPrivate() && !has(PRIVATE_NEEDS_JOIN)) {
      for (ReferenceSession each : server.sessions()) {
        if (server.owners().isOf(each, room.name()) && !room.isIn(each)) {
          room.join(each, Json.of("join"), null);
        }
      }
    }
    Json key = Json.empty().with("id", String.valueOf(post.get("id")));
    key = has(IDS_FOR_ALL) ? key : key.with("client", client);
    Map<Object, Object> known = has(ONCE_PER_CONNECTION) ? ids : server.ids();
    Json content = Json.empty().with("room", room.name()).with("text", text);
    if (has(FORGETS_IDS)) {
      room.post(this, post);
    } else if (known.get(key) instanceof SessionReference.Stored stored) {
      if (stored.content().equals(content) || has(REUSES_IDS)) {
        send(stored.ack().with("duplicate", true));
      } else {
        refuse(post, "id-reused");
      }
    } else {
      known.put(key, new SessionReference.Stored(content, room.post(this, post)));
    }
  }
}
