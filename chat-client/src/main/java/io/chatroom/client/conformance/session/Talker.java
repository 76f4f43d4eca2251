package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Setting;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A client of the server under test: it sends objects, and takes received ones one after the other.
 * An expected object is written as an object too: its type and those fields that matter.
 */
final class Talker implements AutoCloseable {

  /** Longest wait, in timeouts, while other objects arrive. */
  private static final int WHILE_OTHERS_TALK = 5;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final String role;
  private final String name;
  private final String client;
  private final Line line;
  private final Duration timeout;
  private final Bytes opening;
  private Json secrets = Json.empty();
  private Json welcome = Json.empty();
  private Json joined = Json.empty();
  private Json last = Json.empty();
  private int asked;
  private int posted;

  private Talker(
      String role, String name, String client, Line line, Bytes opening, Duration timeout) {
    this.role = role;
    this.name = name;
    this.client = client;
    this.line = line;
    this.opening = opening;
    this.timeout = timeout;
  }

  /** Connects and sends nothing. */
  static Talker connect(
      Setting setting, Wire wire, String role, String name, String client, boolean paused)
      throws Broken {
    Line line = Line.connect(role, wire, setting, paused);
    return new Talker(role, name, client, line, wire.opening(), setting.timeout());
  }

  static String newClient() {
    byte[] bits = new byte[16];
    RANDOM.nextBytes(bits);
    return HexFormat.of().formatHex(bits);
  }

  String role() {
    return role;
  }

  String name() {
    return name;
  }

  String client() {
    return client;
  }

  Line line() {
    return line;
  }

  Duration timeout() {
    return timeout;
  }

  /** Returns its welcome. */
  Json welcome() {
    return welcome;
  }

  /** Returns the joined of the room that it joined last. */
  Json joined() {
    return joined;
  }

  /** Returns the position of the room when it joined. */
  Json position() throws Broken {
    return Json.empty().with("epoch", joined.text("epoch")).with("seq", joined.number("seq"));
  }

  // Sending

  /** Sends what comes before the first object, such as the upgrade to a WebSocket. */
  void open() throws Broken {
    line.send(opening);
  }

  Bytes opening() {
    return opening;
  }

  Json hello() {
    Json hello = Json.of("hello").with("v", 2).with("name", name).with("client", client);
    for (var secret : secrets.fields().entrySet()) {
      hello = hello.with(secret.getKey(), secret.getValue());
    }
    return hello;
  }

  /** Adds a key or a token to every hello from now on. */
  void useSecret(String field, String secret) {
    secrets = secrets.with(field, secret);
  }

  /** Claims its name, and returns the token. */
  String claim() throws Broken, InterruptedException {
    return asks(Json.of("claim"), Json.of("owned")).text("token");
  }

  /** Sends hello, and checks that the welcome comes next. */
  void enter() throws Broken, InterruptedException {
    send(hello());
    welcome = receives(Json.of("welcome"));
    line.setMostBytes(8 * welcome.object("limits").number("maxMessageBytes"));
  }

  void send(Json object) throws Broken {
    line.send(frame(object));
  }

  /** Sends a text unchanged, JSON or not. */
  void send(String text) throws Broken {
    line.send(line.wire().frame(Bytes.utf8(text)));
  }

  Bytes frame(Json object) {
    return line.wire().frame(object.bytes());
  }

  Json join(String room) throws Broken, InterruptedException {
    return join(Json.of("join").with("room", room));
  }

  /** Sends this join, and checks that its joined comes next. */
  Json join(Json join) throws Broken, InterruptedException {
    String q = send(join, newQ());
    joined = receives(Json.of("joined").with("q", q).with("room", join.text("room")));
    return joined;
  }

  String newQ() {
    return "q" + ++asked;
  }

  /** Creates a post with a new id. */
  Json post(String room, String text) {
    return Json.of("post").with("id", role + "-" + ++posted).with("room", room).with("text", text);
  }

  private String send(Json object, String q) throws Broken {
    send(object.with("q", q));
    return q;
  }

  /** Posts, and checks that the ack comes next. */
  Json posts(String room, String text) throws Broken, InterruptedException {
    Json post = post(room, text);
    send(post);
    return receives(Json.of("ack").with("id", post.text("id")).with("room", room));
  }

  /**
   * Sends a request, and checks that an answer with these fields and the same {@code q} comes next.
   */
  Json asks(Json request, Json answer) throws Broken, InterruptedException {
    String q = send(request, newQ());
    return receives(answer.with("q", q));
  }

  /** Sends a request, and checks that it is refused with this code and this {@code do}. */
  Json refused(Json request, String code, String act) throws Broken, InterruptedException {
    return asks(request, Json.of("error").with("code", code).with("do", act));
  }

  boolean hasFeature(String feature) throws Broken {
    return welcome.texts("features").contains(feature);
  }

  /**
   * Returns true if the server has this feature; if not, checks that it refuses the request as
   * unknown.
   */
  boolean supports(String feature, Json request) throws Broken, InterruptedException {
    if (hasFeature(feature)) {
      return true;
    }
    refused(request, "unknown-type", "change");
    return false;
  }

  /** Checks that a ping is answered next. */
  void answersPing() throws Broken, InterruptedException {
    asks(Json.of("ping"), Json.of("pong"));
  }

  // Receiving

  /** Checks that the next object has all these fields, and returns it. */
  Json receives(Json expected) throws Broken, InterruptedException {
    Json next = next(expected);
    if (!next.contains(expected)) {
      throw new Broken(role + " receives " + expected, "it received " + next);
    }
    return next;
  }

  List<Json> receives(List<Json> expected) throws Broken, InterruptedException {
    List<Json> received = new ArrayList<>();
    for (Json each : expected) {
      received.add(receives(each));
    }
    return received;
  }

  private Json next(Object expected) throws Broken, InterruptedException {
    return next(expected, timeout);
  }

  private Json next(Object expected, Duration patience) throws Broken, InterruptedException {
    Json next = line.inbox().next(patience);
    if (next == null) {
      throw new Broken(role + " receives " + expected, silence(patience));
    }
    last = next;
    return next;
  }

  /**
   * Takes the next object that is kept, and waits longer because others that are not kept may come
   * first.
   */
  Json takePatiently(Json expected) throws Broken, InterruptedException {
    return next(expected, timeout.multipliedBy(WHILE_OTHERS_TALK));
  }

  /** Takes the next objects, whatever they are. */
  List<Json> take(int count) throws Broken, InterruptedException {
    List<Json> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(next("object %d of %d".formatted(taken.size() + 1, count)));
    }
    return taken;
  }

  /** Returns the object that was taken last. */
  Json lastReceived() {
    return last;
  }

  /** Takes objects up to one with these fields, and returns those before it. */
  List<Json> takeUntil(Json marker) throws Broken, InterruptedException {
    long deadline = System.nanoTime() + WHILE_OTHERS_TALK * timeout.toNanos();
    List<Json> before = new ArrayList<>();
    Json next = next(marker);
    while (!next.contains(marker)) {
      before.add(next);
      if (System.nanoTime() > deadline) {
        throw new Broken(role + " receives " + marker, "only other objects came");
      }
      next = next(marker);
    }
    return before;
  }

  /** Checks that the stream ends in time, and returns everything that came before its end. */
  List<Json> takeAll() throws Broken, InterruptedException {
    closes();
    List<Json> all = new ArrayList<>();
    Json next = line.inbox().next(Duration.ZERO);
    while (next != null) {
      all.add(next);
      next = line.inbox().next(Duration.ZERO);
    }
    return all;
  }

  /** Checks that the server sends bye with this code, and ends the stream. */
  Json receivesBye(String code, String act) throws Broken, InterruptedException {
    Json bye = receives(Json.of("bye").with("code", code).with("do", act));
    closes();
    return bye;
  }

  /** Checks that the server ends the stream in time. */
  void closes() throws Broken, InterruptedException {
    if (!line.inbox().awaitEnd(timeout)) {
      throw new Broken(
          "the server ends the stream of " + role,
          "it was still open after " + Line.seconds(timeout));
    }
    if (line.inbox().isGarbled()) {
      throw new Broken(role + " receives whole objects up to the end of the stream", silence());
    }
  }

  /** Checks that the server ends the stream, whatever it sends before. */
  void closesInTime(Duration patience) throws Broken, InterruptedException {
    if (!line.inbox().awaitEnd(patience)) {
      throw new Broken(
          "the server ends the stream of " + role, "it was still open after the time limit");
    }
  }

  ObjectInbox.Presence presence(int number) throws Broken, InterruptedException {
    ObjectInbox.@Nullable Presence presence = line.inbox().presence(number, timeout);
    if (presence == null) {
      throw new Broken(role + " receives presence number " + (number + 1), silence());
    }
    return presence;
  }

  /** Returns why nothing more came, as a phrase. */
  String silence() {
    return silence(timeout);
  }

  private String silence(Duration patience) {
    String end = line.inbox().end();
    return end != null ? end : "nothing came within " + Line.seconds(patience);
  }

  @Override
  public void close() {
    line.close();
  }
}
