package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Broken;
import io.chatroom.client.conformance.CaseRun;
import io.chatroom.client.conformance.Setting;
import io.chatroom.client.conformance.Surface;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fixture of a case: a room of its own in which two sessions, Alice and Bob, have just received
 * each other's messages. It connects further sessions. Closing it closes every connection it
 * opened.
 */
final class SessionStage implements CaseRun {

  /** The body of a case. It returns if the requirement holds, and throws otherwise. */
  @FunctionalInterface
  interface Body {
    void run(SessionStage stage) throws Broken, InterruptedException;
  }

  private final Setting setting;
  private final Surface surface;
  private final SessionServer server;
  private final OwnedName shared;
  private final Body body;
  private final String tag;
  private final List<AutoCloseable> opened = new ArrayList<>();
  private @Nullable Talker alice;
  private @Nullable Talker bob;
  private final Set<String> names = new HashSet<>();
  private int markers;
  private boolean serverIsStopped;

  SessionStage(
      Setting setting, Surface surface, SessionServer server, OwnedName shared, Body body) {
    this.setting = setting;
    this.surface = surface;
    this.server = server;
    this.shared = shared;
    this.body = body;
    this.tag = new String(setting.tag().name("").toArray(), StandardCharsets.UTF_8);
  }

  @Override
  public void open() throws Broken, InterruptedException {
    Talker first = join("alice");
    Talker second = join("bob");
    alice = first;
    bob = second;
    first.posts(room(), "hello, bob");
    second.receives(message(first, "hello, bob"));
    second.posts(room(), "hello, alice");
    first.receives(message(second, "hello, alice"));
  }

  @Override
  public void run() throws Broken, InterruptedException {
    body.run(this);
  }

  @Override
  public void checkStillWorks() throws Broken, InterruptedException {
    if (!serverIsStopped) {
      receivedBeforeMarker(bob());
      receivedBeforeMarker(alice());
    }
  }

  @Override
  public void close() {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("cannot close a socket", e);
      }
    }
  }

  Setting setting() {
    return setting;
  }

  /** Stops the server by the user's command; nothing works from then on. */
  void stopServer() throws Broken {
    serverIsStopped = true;
    SessionServer.Stop stop = server.stop();
    if (stop == null) {
      throw new IllegalStateException("the kit was not told how to stop the server");
    }
    try {
      stop.stop();
    } catch (IOException e) {
      throw new Broken("the server can be stopped", String.valueOf(e.getMessage()));
    }
  }

  boolean isWebSocket() {
    return surface == Surface.WEBSOCKET;
  }

  Duration timeout() {
    return setting.timeout();
  }

  Talker alice() {
    return opened(alice);
  }

  Talker bob() {
    return opened(bob);
  }

  private static Talker opened(@Nullable Talker talker) {
    if (talker == null) {
      throw new IllegalStateException("the stage is not open");
    }
    return talker;
  }

  /** Returns the room of this case. */
  String room() {
    return tag;
  }

  /** Returns another room of this case. */
  String room(String suffix) {
    return tag + "-" + suffix;
  }

  /** Returns the room that sessions share with programs of the seed's protocol. */
  String seedRoom() {
    return server.seedRoom();
  }

  String nameOf(String role) {
    return tag + "-" + role;
  }

  // Connecting sessions

  Wire wire() {
    return isWebSocket() ? new WebSocketWire(upgrade()) : new TcpWire();
  }

  Upgrade upgrade() {
    return Upgrade.to(setting.server().getHostString() + ":" + setting.server().getPort());
  }

  /** Connects and sends nothing. */
  Talker connect(String role) throws Broken {
    return connect(wire(), role);
  }

  /** Connects with a name that is new on this stage, because a server may refuse a name in use. */
  Talker connect(Wire wire, String role) throws Broken {
    return connect(wire, role, newName(role), Talker.newClient(), false);
  }

  String newName(String role) {
    String name = nameOf(role);
    int number = 1;
    while (!names.add(name)) {
      name = nameOf(role + ++number);
    }
    return name;
  }

  Talker connect(Wire wire, String role, String name, String client, boolean paused) throws Broken {
    Talker talker = Talker.connect(setting, wire, role, name, client, paused);
    String key = server.key();
    if (key != null) {
      talker.useSecret("key", key);
    }
    opened.add(talker);
    return talker;
  }

  /** Connects and opens a session, without a hello. */
  Talker connectAndOpen(String role) throws Broken {
    Talker talker = connect(role);
    talker.open();
    return talker;
  }

  /** Connects, and is welcome; in no room yet. */
  Talker enter(String role) throws Broken, InterruptedException {
    return enter(connectAndOpen(role));
  }

  /** Connects the same client once more. */
  Talker reconnect(Talker before) throws Broken, InterruptedException {
    Talker talker = connect(wire(), before.role(), before.name(), before.client(), false);
    talker.open();
    return enter(talker);
  }

  private static Talker enter(Talker talker) throws Broken, InterruptedException {
    talker.enter();
    return talker;
  }

  /** Connects under a name that was claimed, with the token that proves it. */
  Talker enterAs(String role, String name, String token) throws Broken, InterruptedException {
    Talker talker = connect(wire(), role, name, Talker.newClient(), false);
    talker.useSecret("token", token);
    talker.open();
    return enter(talker);
  }

  /**
   * Connects under an owned name. All cases share one, because a server limits the claims from one
   * address.
   */
  Talker owner() throws Broken, InterruptedException {
    synchronized (shared) {
      if (!shared.isClaimed()) {
        Talker first = enter("owner");
        shared.claimed(first.name(), first.claim());
        first.close();
      }
    }
    return enterAs("owner", shared.name(), shared.token());
  }

  /** Connects, and joins the room of this case. */
  Talker join(String role) throws Broken, InterruptedException {
    return join(role, room());
  }

  Talker join(String role, String room) throws Broken, InterruptedException {
    Talker talker = enter(role);
    talker.join(room);
    return talker;
  }

  List<Talker> joinAll(String role, int count) throws Broken, InterruptedException {
    List<Talker> talkers = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      talkers.add(join(role + i));
    }
    return talkers;
  }

  /** Connects a member that uses the seed's protocol. */
  SeedMember seed(String role) throws Broken {
    SeedMember member = SeedMember.register(setting, role, newName(role));
    opened.add(member);
    return member;
  }

  // Checking what they receive

  /** Returns what all but the poster receive of a post in this case's room. */
  Json message(Talker from, String text) {
    return message(room(), from, text);
  }

  static Json message(String room, Talker from, String text) {
    return Json.of("message").with("room", room).with("from", from.name()).with("text", text);
  }

  /** Posts a marker in this case's room, and returns what the listener received before it. */
  List<Json> receivedBeforeMarker(Talker listener) throws Broken, InterruptedException {
    Talker speaker = listener == alice() ? bob() : alice();
    String marker = "~marker " + ++markers;
    Json post = speaker.post(room(), marker);
    speaker.send(post);
    List<Json> received = listener.takeUntil(message(speaker, marker));
    speaker.takeUntil(Json.of("ack").with("id", post.text("id")));
    return received;
  }

  /** Checks that the listener is connected, and has received nothing since the last check. */
  void receivesNothing(Talker listener) throws Broken, InterruptedException {
    List<Json> received = receivedBeforeMarker(listener);
    if (!received.isEmpty()) {
      throw new Broken(
          listener.role() + " receives nothing more", "it received " + received.get(0));
    }
  }

  // Waiting

  /** Performs a long step that disturbs nobody, while other cases run. */
  void runOffTurn(Step step) throws Broken, InterruptedException {
    setting.turn().release();
    try {
      step.run();
    } finally {
      setting.turn().take();
    }
  }

  /** A long step that disturbs nobody. */
  @FunctionalInterface
  interface Step {
    void run() throws Broken, InterruptedException;
  }
}
