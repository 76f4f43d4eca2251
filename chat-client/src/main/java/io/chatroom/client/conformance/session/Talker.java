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
 * A client of the server under test: says objects, and hears them one after the other. What it
 * expects to hear is written as an object, too: its type and those fields that matter.
 */
final class Talker implements AutoCloseable {

  /** How many timeouts a wait may take in which other things are heard. */
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

  /** Connected; nothing was sent. */
  static Talker connect(
      Setting setting, Wire wire, String role, String name, String client, boolean deaf)
      throws Broken {
    Line line = Line.connect(role, wire, setting, deaf);
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

  /** What the server has told it. */
  Json welcome() {
    return welcome;
  }

  /** What the server has told it about the room that it joined last. */
  Json joined() {
    return joined;
  }

  /** The place behind everything that was there when it joined. */
  Json position() throws Broken {
    return Json.empty().with("epoch", joined.text("epoch")).with("seq", joined.number("seq"));
  }

  // What it says

  /** Sends what comes before the first object. */
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

  /** A key or a token, which is in every hello from now on. */
  void keep(String field, String secret) {
    secrets = secrets.with(field, secret);
  }

  /** Makes its name its own: the token. */
  String claim() throws Broken, InterruptedException {
    return asks(Json.of("claim"), Json.of("owned")).text("token");
  }

  /** Says hello, and hears the welcome. */
  void enter() throws Broken, InterruptedException {
    say(hello());
    welcome = hears(Json.of("welcome"));
    line.setMostBytes(8 * welcome.object("limits").number("maxMessageBytes"));
  }

  void say(Json object) throws Broken {
    line.send(frame(object));
  }

  /** Says something that is as it is, JSON or not. */
  void say(String text) throws Broken {
    line.send(line.wire().frame(Bytes.utf8(text)));
  }

  Bytes frame(Json object) {
    return line.wire().frame(object.bytes());
  }

  Json join(String room) throws Broken, InterruptedException {
    return join(Json.of("join").with("room", room));
  }

  /** Joins as this says, and hears that it has. */
  Json join(Json join) throws Broken, InterruptedException {
    String q = say(join, newQ());
    joined = hears(Json.of("joined").with("q", q).with("room", join.text("room")));
    return joined;
  }

  String newQ() {
    return "q" + ++asked;
  }

  /** A post with an id that was not used before. */
  Json post(String room, String text) {
    return Json.of("post").with("id", role + "-" + ++posted).with("room", room).with("text", text);
  }

  private String say(Json object, String q) throws Broken {
    say(object.with("q", q));
    return q;
  }

  /** Posts, and hears the ack next. */
  Json posts(String room, String text) throws Broken, InterruptedException {
    Json post = post(room, text);
    say(post);
    return hears(Json.of("ack").with("id", post.text("id")).with("room", room));
  }

  /** Asks something, and hears next an answer with these fields and the same {@code q}. */
  Json asks(Json request, Json answer) throws Broken, InterruptedException {
    String q = say(request, newQ());
    return hears(answer.with("q", q));
  }

  /** What is refused by a code, with what that code wants done. */
  Json refused(Json request, String code, String act) throws Broken, InterruptedException {
    return asks(request, Json.of("error").with("code", code).with("do", act));
  }

  boolean hasFeature(String feature) throws Broken {
    return welcome.texts("features").contains(feature);
  }

  /** Whether the server has this feature; without it, it must refuse the request as unknown. */
  boolean supports(String feature, Json request) throws Broken, InterruptedException {
    if (hasFeature(feature)) {
      return true;
    }
    refused(request, "unknown-type", "change");
    return false;
  }

  /** Still there: a ping is answered next. */
  void isThere() throws Broken, InterruptedException {
    asks(Json.of("ping"), Json.of("pong"));
  }

  // What it hears

  /** The next object has all these fields. */
  Json hears(Json expected) throws Broken, InterruptedException {
    Json next = next(expected);
    if (!next.contains(expected)) {
      throw new Broken(role + " hears " + expected, "it heard " + next);
    }
    return next;
  }

  List<Json> hears(List<Json> expected) throws Broken, InterruptedException {
    List<Json> heard = new ArrayList<>();
    for (Json each : expected) {
      heard.add(hears(each));
    }
    return heard;
  }

  private Json next(Object expected) throws Broken, InterruptedException {
    return next(expected, timeout);
  }

  private Json next(Object expected, Duration patience) throws Broken, InterruptedException {
    Json next = line.heard().next(patience);
    if (next == null) {
      throw new Broken(role + " hears " + expected, silence(patience));
    }
    last = next;
    return next;
  }

  /** The next that is kept, where it comes behind much of others that is not. */
  Json takeWhileOthersTalk(Json expected) throws Broken, InterruptedException {
    return next(expected, timeout.multipliedBy(WHILE_OTHERS_TALK));
  }

  /** The next objects, whatever they are. */
  List<Json> take(int count) throws Broken, InterruptedException {
    List<Json> taken = new ArrayList<>();
    while (taken.size() < count) {
      taken.add(next("object %d of %d".formatted(taken.size() + 1, count)));
    }
    return taken;
  }

  /** The last that was taken. */
  Json lastHeard() {
    return last;
  }

  /** What came before an object with these fields. */
  List<Json> takeUntil(Json marker) throws Broken, InterruptedException {
    long deadline = System.nanoTime() + WHILE_OTHERS_TALK * timeout.toNanos();
    List<Json> before = new ArrayList<>();
    Json next = next(marker);
    while (!next.contains(marker)) {
      before.add(next);
      if (System.nanoTime() > deadline) {
        throw new Broken(role + " hears " + marker, "it heard other things all the time");
      }
      next = next(marker);
    }
    return before;
  }

  /** All that came up to the end of the stream, which comes in time. */
  List<Json> takeAll() throws Broken, InterruptedException {
    closes();
    List<Json> all = new ArrayList<>();
    Json next = line.heard().next(Duration.ZERO);
    while (next != null) {
      all.add(next);
      next = line.heard().next(Duration.ZERO);
    }
    return all;
  }

  /** The server says bye with this code, and ends the stream. */
  Json hearsBye(String code, String act) throws Broken, InterruptedException {
    Json bye = hears(Json.of("bye").with("code", code).with("do", act));
    closes();
    return bye;
  }

  /** The server ends the stream. */
  void closes() throws Broken, InterruptedException {
    if (!line.heard().awaitEnd(timeout)) {
      throw new Broken(
          "the server ends the stream of " + role,
          "it was still open after " + Line.seconds(timeout));
    }
    if (line.heard().isGarbled()) {
      throw new Broken(role + " hears whole objects up to the end", silence());
    }
  }

  /** The server ends the stream, whatever it says before. */
  void closesSomehow(Duration patience) throws Broken, InterruptedException {
    if (!line.heard().awaitEnd(patience)) {
      throw new Broken(
          "the server ends the stream of " + role, "it was still open when the time was over");
    }
  }

  Heard.Presence presence(int number) throws Broken, InterruptedException {
    Heard.@Nullable Presence presence = line.heard().presence(number, timeout);
    if (presence == null) {
      throw new Broken(role + " hears presence, number " + (number + 1), silence());
    }
    return presence;
  }

  /** Why nothing more came, as a phrase. */
  String silence() {
    return silence(timeout);
  }

  private String silence(Duration patience) {
    String end = line.heard().end();
    return end != null ? end : "nothing came within " + Line.seconds(patience);
  }

  @Override
  public void close() {
    line.close();
  }
}
