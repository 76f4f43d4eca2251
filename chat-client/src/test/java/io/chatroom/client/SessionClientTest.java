package io.chatroom.client;

import static io.chatroom.client.SessionPeer.LOBBY;
import static io.chatroom.client.SessionPeer.ack;
import static io.chatroom.client.SessionPeer.joined;
import static io.chatroom.client.SessionPeer.message;
import static io.chatroom.client.SessionPeer.welcome;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Resume;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The promises of SessionClient, against a scripted server. */
class SessionClientTest {

  private static final Spread AT_ONCE =
      new Spread(Duration.ofMillis(1), Duration.ofMillis(1), () -> 0.5);

  @TempDir Path dir;
  private final RoomRecord room = new RoomRecord();

  private SessionClient.Builder builder() {
    return SessionClient.builder()
        .spread(AT_ONCE)
        .closeTimeout(Duration.ofSeconds(60))
        .room(LOBBY, Start.live(), room);
  }

  private CompletableFuture<SessionClient> connect(SessionPeer peer) {
    return connect(peer, builder());
  }

  private static CompletableFuture<SessionClient> connect(
      SessionPeer peer, SessionClient.Builder builder) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return builder.connect(peer.address(), "alice");
          } catch (ChatException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }

  /** A session in the lobby, with the newest number. */
  private static SessionPeer.Link enter(SessionPeer peer, long seq) throws IOException {
    SessionPeer.Link link = peer.accept();
    link.hear(FromClient.Hello.class);
    link.say(welcome(60), joined("e1", seq, null));
    return link;
  }

  private static void leave(SessionClient client, SessionPeer.Link link) throws Exception {
    CompletableFuture<Void> left = CompletableFuture.runAsync(client::close);
    try {
      while (!(link.hear() instanceof FromClient.Bye)) {
        // dropped
      }
    } catch (EOFException e) {
      link.awaitEnd(); // it had not received the welcome yet
    }
    link.close();
    left.get(60, TimeUnit.SECONDS);
    client.closed().get(60, TimeUnit.SECONDS);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  private static @Nullable Throwable failure(CompletableFuture<?> future) throws Exception {
    try {
      future.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it did not fail");
  }

  /** Why connecting failed. */
  private static @Nullable Throwable cause(CompletableFuture<?> connecting) throws Exception {
    Throwable failure = failure(connecting);
    return failure == null ? null : failure.getCause();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void joinsReceivesPostsAsksAndLeaves(boolean isWebSocket) throws Exception {
    try (SessionPeer peer = new SessionPeer(isWebSocket)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      try (SessionPeer.Link link = peer.accept()) {
        FromClient.Hello hello = link.hear(FromClient.Hello.class);
        assertThat(hello.rooms()).containsExactly(new FromClient.Wish(LOBBY, null, null));
        assertThat(hello.name()).isEqualTo("alice");
        link.say(welcome(60), joined("e1", 7, null), message(8, "héllo"));
        SessionClient client = get(connecting);
        assertThat(room.next()).isEqualTo("joined e1 7");
        assertThat(room.next()).isEqualTo("message e1:8 héllo");
        assertThat(room.thread).isNotEqualTo(Thread.currentThread());

        CompletableFuture<FromServer.Ack> ack = client.post(LOBBY, "hi");
        FromClient.Post post = link.hear(FromClient.Post.class);
        link.say(message(9, "between"), ack(post, 10));
        assertThat(get(ack).seq()).isEqualTo(10);
        assertThat(room.next()).isEqualTo("message e1:9 between");
        assertThat(room.next()).isEqualTo("ack e1:10 hi");
        assertThat(client.position(LOBBY)).isEqualTo(new Position("e1", 10));
        assertThat(client.waiting()).isZero();

        var page = client.history(LOBBY, FromClient.Side.BEFORE, 8, 5);
        FromClient.History asked = link.hear(FromClient.History.class);
        link.say(new FromServer.Page(asked.q(), LOBBY, "e1", List.of(message(7, "x")), true, 7L));
        assertThat(get(page).messages()).hasSize(1);

        var found = client.search("x", null, null, 5);
        FromClient.Search search = link.hear(FromClient.Search.class);
        link.say(FromServer.Error.ofRequest(search.q(), Code.BUSY, 1L, "wait"));
        assertThat(link.hear(FromClient.Search.class)).isEqualTo(search);
        link.say(new FromServer.Page(search.q(), null, null, List.of(), true, null));
        assertThat(get(found).messages()).isEmpty();

        var rooms = client.rooms(null, 5);
        link.say(new FromServer.Rooms(link.hear(FromClient.Rooms.class).q(), List.of(), true));
        assertThat(get(rooms).complete()).isTrue();

        var members = client.members(LOBBY, 5);
        String q = link.hear(FromClient.Members.class).q();
        link.say(FromServer.Error.ofRequest(q, Code.UNKNOWN_TYPE, null, "not here"));
        assertThat(failure(members)).isInstanceOf(RefusedException.class).hasMessage("not here");

        var topic = client.topic(LOBBY, "Tea");
        link.hear(FromClient.Topic.class);
        link.say(
            new FromServer.Event(LOBBY, 11, 1, "topic", "alice", null, null, "Tea"),
            new FromServer.Presence(LOBBY, List.of("carol"), List.of(), 2));
        assertThat(get(topic).seq()).isEqualTo(11);
        assertThat(room.next()).isEqualTo("event e1:11 topic");
        assertThat(room.next()).isEqualTo("presence 2");

        RoomName tea = RoomName.of("tea");
        RoomRecord second = new RoomRecord();
        var joining = client.join(tea, Start.last(1), second);
        FromClient.Join join = link.hear(FromClient.Join.class);
        assertThat(join.last()).isEqualTo(1);
        link.say(
            new FromServer.Joined(join.q(), tea, "t", 4, 1, 1, null, null, null, "member", null),
            new FromServer.Message(tea, 4, 1, "bob", false, "old", null));
        assertThat(get(joining).epoch()).isEqualTo("t");
        assertThat(second.next()).isEqualTo("joined t 4");
        assertThat(second.next()).isEqualTo("message t:4 old");
        var left = client.leave(tea);
        link.say(new FromServer.Left(link.hear(FromClient.Leave.class).q(), tea));
        get(left);
        assertThat(second.next()).isEqualTo("left tea");
        assertThat(client.position(tea)).isNull();

        leave(client, link);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resumesAndPostsAgainInOrderWithTheSameIds(boolean isWebSocket) throws Exception {
    try (SessionPeer peer = new SessionPeer(isWebSocket)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      CompletableFuture<FromServer.Ack> one = client.post(LOBBY, "one");
      CompletableFuture<FromServer.Ack> two = client.post(LOBBY, "two");
      CompletableFuture<FromServer.Ack> three = client.post(LOBBY, "three");
      List<FromClient.Post> posts = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        posts.add(first.hear(FromClient.Post.class));
      }
      first.say(ack(posts.get(0), 1));
      get(one);
      first.reset();
      try (SessionPeer.Link second = peer.accept()) {
        FromClient.Hello hello = second.hear(FromClient.Hello.class);
        assertThat(hello.rooms())
            .containsExactly(new FromClient.Wish(LOBBY, new Position("e1", 1), null));
        second.say(welcome(60), joined("e1", 2, Resume.COMPLETE), message(2, "two"));
        assertThat(second.hear(FromClient.Post.class)).isEqualTo(posts.get(1));
        assertThat(second.hear(FromClient.Post.class)).isEqualTo(posts.get(2));
        second.say(new FromServer.Ack(posts.get(1).id(), LOBBY, 2, 1, true), ack(posts.get(2), 3));
        assertThat(get(two).duplicate()).isTrue();
        assertThat(get(three).seq()).isEqualTo(3);
        assertThat(room.next()).isEqualTo("joined e1 0");
        assertThat(room.next()).isEqualTo("ack e1:1 one");
        assertThat(room.next()).isEqualTo("joined e1 2");
        assertThat(room.next()).isEqualTo("message e1:2 two");
        assertThat(room.next()).isEqualTo("ack e1:3 three");
        leave(client, second);
      }
    }
  }

  @Test
  void aNewLogIsAGapAndTheOldPositionCountsUntilItArrives() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 5);
      SessionClient client = get(connecting);
      first.close();
      SessionPeer.Link second = peer.accept();
      second.hear(FromClient.Hello.class);
      second.say(welcome(60), joined("e2", 3, Resume.GAP));
      assertThat(room.next()).isEqualTo("joined e1 5");
      assertThat(room.next()).isEqualTo("joined e2 3");
      second.close();
      try (SessionPeer.Link third = peer.accept()) {
        assertThat(third.hear(FromClient.Hello.class).rooms().get(0).after())
            .isEqualTo(new Position("e1", 5));
        third.say(
            welcome(60),
            joined("e2", 3, Resume.GAP),
            new FromServer.Gap(LOBBY, 1, 2, "epoch"),
            message(3, "new"));
        assertThat(room.next()).isEqualTo("joined e2 3");
        assertThat(room.next()).isEqualTo("gap 1-2 epoch");
        assertThat(room.next()).isEqualTo("message e2:3 new");
        leave(client, third);
      }
    }
  }

  @Test
  void skipsReplaysOfANewLogIfSet() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().skipReplays());
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.say(messageAt(1, 10), messageAt(2, 20));
      assertThat(room.next()).isEqualTo("joined e1 0");
      assertThat(room.next()).isEqualTo("message e1:1 at 10");
      assertThat(room.next()).isEqualTo("message e1:2 at 20");
      first.close();
      SessionPeer.Link second = peer.accept();
      second.hear(FromClient.Hello.class);
      second.say(
          welcome(60),
          joined("e2", 5, Resume.GAP),
          new FromServer.Gap(LOBBY, 1, 0, "epoch"),
          messageAt(1, 10));
      assertThat(room.next()).isEqualTo("joined e2 5");
      assertThat(room.next()).isEqualTo("gap 1-0 epoch");
      await().until(() -> new Position("e2", 1).equals(client.position(LOBBY)));
      second.close();
      try (SessionPeer.Link third = peer.accept()) {
        assertThat(third.hear(FromClient.Hello.class).rooms().get(0).after())
            .as("what is skipped counts as received")
            .isEqualTo(new Position("e2", 1));
        third.say(
            welcome(60),
            joined("e2", 5, Resume.COMPLETE),
            messageAt(2, 20),
            new FromServer.Event(LOBBY, 3, 20, "topic", "bob", null, null, "Tea"),
            messageAt(4, 21),
            messageAt(5, 19),
            messageAt(6, 15));
        assertThat(room.next()).isEqualTo("joined e2 5");
        assertThat(room.next()).isEqualTo("message e2:4 at 21");
        assertThat(room.next()).as("live, by a clock set back").isEqualTo("message e2:6 at 15");
        leave(client, third);
      }
    }
  }

  @Test
  void skipsReplaysAlsoOfARoomInWhichItReceivedNothing() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().skipReplays());
      enter(peer, 2).close();
      SessionClient client = get(connecting);
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(
            welcome(60),
            joined("e2", 2, Resume.GAP),
            new FromServer.Gap(LOBBY, 1, 0, "epoch"),
            messageAt(1, 10),
            messageAt(2, SessionLimits.MAX_INTEGER));
        assertThat(room.next()).isEqualTo("joined e1 2");
        assertThat(room.next()).isEqualTo("joined e2 2");
        assertThat(room.next()).isEqualTo("gap 1-0 epoch");
        assertThat(room.next())
            .as("the first is older than the first join")
            .isEqualTo("message e2:2 at " + SessionLimits.MAX_INTEGER);
        leave(client, second);
      }
    }
  }

  @Test
  void doesNotSkipWhatItAskedForAndHasNotReceived() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting =
          connect(peer, builder().room(LOBBY, Start.last(5), room).skipReplays());
      enter(peer, 1).close();
      SessionClient client = get(connecting);
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(
            welcome(60),
            joined("e2", 1, Resume.GAP),
            new FromServer.Gap(LOBBY, 1, 0, "epoch"),
            messageAt(1, 10));
        assertThat(room.next()).isEqualTo("joined e1 1");
        assertThat(room.next()).isEqualTo("joined e2 1");
        assertThat(room.next()).isEqualTo("gap 1-0 epoch");
        assertThat(room.next()).isEqualTo("message e2:1 at 10");
        leave(client, second);
      }
    }
  }

  private static FromServer.Message messageAt(long seq, long at) {
    return new FromServer.Message(LOBBY, seq, at, "bob", false, "at " + at, null);
  }

  /** Objects that a server must not send in the lobby after number 1. */
  static Map<String, String> lies() {
    return Map.ofEntries(
        Map.entry(
            "a hole",
            "{\"type\":\"message\",\"room\":\"lobby\",\"seq\":3,\"at\":1,\"from\":\"b\",\"text\":\"x\"}"),
        Map.entry(
            "a double",
            "{\"type\":\"message\",\"room\":\"lobby\",\"seq\":1,\"at\":1,\"from\":\"b\",\"text\":\"x\"}"),
        Map.entry(
            "another room",
            "{\"type\":\"message\",\"room\":\"tea\",\"seq\":1,\"at\":1,\"from\":\"b\",\"text\":\"x\"}"),
        Map.entry(
            "an ack for nothing",
            "{\"type\":\"ack\",\"id\":\"none\",\"room\":\"lobby\",\"seq\":2,\"at\":1}"),
        Map.entry(
            "a gap elsewhere",
            "{\"type\":\"gap\",\"room\":\"lobby\",\"from\":5,\"to\":6,\"why\":\"lagged\"}"),
        Map.entry(
            "an epoch that is none",
            "{\"type\":\"gap\",\"room\":\"lobby\",\"from\":2,\"to\":2,\"why\":\"epoch\"}"),
        Map.entry(
            "a second joined",
            "{\"type\":\"joined\",\"room\":\"lobby\",\"epoch\":\"e9\",\"seq\":1,\"first\":1,\"count\":1,"
                + "\"role\":\"member\"}"),
        Map.entry(
            "an answer to nothing",
            "{\"type\":\"rooms\",\"q\":\"z\",\"rooms\":[],\"complete\":true}"),
        Map.entry(
            "an error for nothing",
            "{\"type\":\"error\",\"q\":\"z\",\"code\":\"busy\",\"do\":\"retry\",\"text\":\"x\"}"),
        Map.entry("a pong of more", "{\"type\":\"pong\",\"heads\":{\"lobby\":2}}"),
        Map.entry("no JSON", "{\"type\":\"message\""),
        Map.entry("a wrong type", "{\"type\":\"message\",\"room\":\"lobby\",\"seq\":\"2\"}"),
        Map.entry("no object", "[]"));
  }

  static List<String> namesOfLies() {
    return lies().keySet().stream().sorted().toList();
  }

  @ParameterizedTest
  @MethodSource("namesOfLies")
  void disconnectsAServerThatBreaksARule(String lie) throws Exception {
    for (boolean isWebSocket : new boolean[] {false, true}) {
      RoomRecord heard = new RoomRecord();
      try (SessionPeer peer = new SessionPeer(isWebSocket)) {
        CompletableFuture<SessionClient> connecting =
            connect(peer, builder().room(LOBBY, Start.live(), heard));
        SessionPeer.Link first = enter(peer, 0);
        first.say(message(1, "right"));
        first.json(String.valueOf(lies().get(lie)));
        SessionClient client = get(connecting);
        first.awaitEnd();
        try (SessionPeer.Link second = peer.accept()) {
          assertThat(second.hear(FromClient.Hello.class).rooms().get(0).after())
              .isEqualTo(new Position("e1", 1));
          second.say(welcome(60), joined("e1", 2, Resume.COMPLETE), message(2, "next"));
          assertThat(heard.next()).isEqualTo("joined e1 0");
          assertThat(heard.next()).isEqualTo("message e1:1 right");
          assertThat(heard.next()).isEqualTo("joined e1 2");
          assertThat(heard.next()).isEqualTo("message e1:2 next");
          leave(client, second);
        }
      }
    }
  }

  static List<FromServer.Joined> wrongAnswersToAResume() {
    return List.of(
        joined("e2", 9, Resume.COMPLETE), joined("e1", 4, Resume.COMPLETE), joined("e1", 9, null));
  }

  @ParameterizedTest
  @MethodSource("wrongAnswersToAResume")
  void doesNotTakeNumbersOfAnotherLogForItsOwn(FromServer.Joined wrong) throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      enter(peer, 5).close();
      SessionClient client = get(connecting);
      SessionPeer.Link second = peer.accept();
      second.hear(FromClient.Hello.class);
      second.say(welcome(60), wrong, message(6, "wrong"));
      second.awaitEnd();
      try (SessionPeer.Link third = peer.accept()) {
        assertThat(third.hear(FromClient.Hello.class).rooms().get(0).after())
            .isEqualTo(new Position("e1", 5));
        third.say(welcome(60), joined("e1", 6, Resume.COMPLETE), message(6, "right"));
        assertThat(room.next()).isEqualTo("joined e1 5");
        assertThat(room.next()).isEqualTo("joined e1 6");
        assertThat(room.next()).isEqualTo("message e1:6 right");
        leave(client, third);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"524289    ", "-1        ", "HTTP/1.1 4"})
  void refusesAFrameByItsHeaderAlone(String header) throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.raw(header.getBytes(StandardCharsets.US_ASCII));
      first.awaitEnd();
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(welcome(60));
        leave(client, second);
      }
    }
  }

  @Test
  void endsAtTheFifthViolationInARow() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      for (int i = 0; i < 5; i++) {
        SessionPeer.Link link = peer.accept();
        link.hear(FromClient.Hello.class);
        link.say(welcome(60));
        get(connecting);
        link.json("[]");
        link.awaitEnd();
      }
      assertThat(failure(get(connecting).closed()))
          .isInstanceOf(ChatException.class)
          .hasMessageContaining("breaks the protocol of sessions");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void treatsASilentServerAsLost(boolean isWebSocket) throws Exception {
    try (SessionPeer peer = new SessionPeer(isWebSocket)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = peer.accept();
      first.hear(FromClient.Hello.class);
      first.say(welcome(1), joined("e1", 0, null));
      SessionClient client = get(connecting);
      first.hear(FromClient.Ping.class);
      first.say(new FromServer.Pong(null, Map.of(LOBBY, 0L)));
      first.awaitEnd();
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(welcome(60));
        leave(client, second);
      }
    }
  }

  @Test
  void reportsThatAServerSpeaksTheSeedsProtocolOnly() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      for (boolean inOrder : new boolean[] {true, false}) {
        CompletableFuture<SessionClient> connecting = connect(peer);
        Socket socket = peer.acceptRaw();
        assertThat(socket.getInputStream().readNBytes(10)).asString().isEqualTo("CHATROOM/2");
        if (!inOrder) {
          socket.setSoLinger(true, 0);
        }
        socket.close();
        assertThat(cause(connecting)).isInstanceOf(NoSessionsException.class);
      }
    }
  }

  @Test
  void reportsWhyAServerRefusesIt() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link link = peer.accept();
      link.hear(FromClient.Hello.class);
      link.say(FromServer.Error.ofRequest(null, Code.NAME_TAKEN, null, "alice is here\u001b[2J"));
      assertThat(cause(connecting))
          .isInstanceOfSatisfying(
              RefusedException.class,
              refused -> {
                assertThat(refused.act()).isEqualTo(Do.ASK);
                assertThat(refused.code()).isEqualTo("name-taken");
                assertThat(refused).hasMessage("alice is here\\x1b[2J");
              });
    }
  }

  @Test
  void followsTheActOfABye() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.say(new FromServer.Bye("word-to-come", Do.RECONNECT, 1L, "soon"));
      SessionPeer.Link second = peer.accept();
      second.hear(FromClient.Hello.class);
      second.say(welcome(60), FromServer.Bye.of(Code.KICKED, null, "out"));
      assertThat(failure(client.closed())).isInstanceOf(RefusedException.class).hasMessage("out");
      assertThat(failure(client.post(LOBBY, "late"))).hasMessage("the client is closed");
    }
  }

  @Test
  void followsTheCloseCodeOfAWebSocket() throws Exception {
    try (SessionPeer peer = new SessionPeer(true)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.raw(new byte[] {(byte) 0x88, 2, 4000 >> 8, (byte) (4000 & 0xFF)});
      SessionPeer.Link second = peer.accept();
      second.hear(FromClient.Hello.class);
      second.say(welcome(60));
      second.raw(new byte[] {(byte) 0x88, 2, 4503 >> 8, (byte) (4503 & 0xFF)});
      assertThat(failure(client.closed())).isInstanceOf(RefusedException.class);
    }
  }

  @Test
  void reportsARefusedWebSocketWithItsStatus() throws Exception {
    try (SessionPeer peer = new SessionPeer(true)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      Socket socket = peer.acceptRaw();
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(cause(connecting)).hasMessageContaining("HTTP status 403");
      socket.close();
    }
  }

  @Test
  void resendsTemporarilyRefusedPostsInOrder() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      try (SessionPeer.Link link = enter(peer, 0)) {
        SessionClient client = get(connecting);
        CompletableFuture<FromServer.Ack> one = client.post(LOBBY, "one");
        CompletableFuture<FromServer.Ack> two = client.post(LOBBY, "two");
        FromClient.Post first = link.hear(FromClient.Post.class);
        FromClient.Post second = link.hear(FromClient.Post.class);
        CompletableFuture<FromServer.Ack> three = client.post(LOBBY, "three");
        FromClient.Post third = link.hear(FromClient.Post.class);
        link.say(
            FromServer.Error.ofPost(second.id(), Code.RATE, 1L, "wait"),
            FromServer.Error.ofPost(first.id(), Code.RATE, 1L, "wait"),
            FromServer.Error.ofPost(third.id(), Code.MUTED, null, "quiet"));
        assertThat(link.hear(FromClient.Post.class)).isEqualTo(first);
        assertThat(link.hear(FromClient.Post.class)).isEqualTo(second);
        link.say(ack(first, 1), ack(second, 2));
        assertThat(get(one).seq()).isEqualTo(1);
        assertThat(get(two).seq()).isEqualTo(2);
        assertThat(failure(three)).isInstanceOf(RefusedException.class).hasMessage("quiet");
        leave(client, link);
      }
    }
  }

  @Test
  void sendsNoMoreAtOnceThanTheServerAccepts() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      try (SessionPeer.Link link = enter(peer, 0)) {
        SessionClient client = get(connecting);
        List<CompletableFuture<FromServer.Ack>> acks = new ArrayList<>();
        for (int i = 1; i <= 12; i++) {
          acks.add(client.post(LOBBY, "text " + i));
        }
        List<FromClient.Post> posts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          posts.add(link.hear(FromClient.Post.class));
        }
        var rooms = client.rooms(null, 1);
        FromClient.Rooms asked = link.hear(FromClient.Rooms.class); // and no eleventh post
        link.say(new FromServer.Rooms(asked.q(), List.of(), true));
        get(rooms);
        for (int i = 0; i < 12; i++) {
          link.say(ack(i < 10 ? posts.get(i) : link.hear(FromClient.Post.class), i + 1));
        }
        for (CompletableFuture<FromServer.Ack> ack : acks) {
          get(ack);
        }
        leave(client, link);
      }
    }
  }

  @Test
  void refusesPostsThatAreTooManyOrTooLong() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().waiting(2, 100_000));
      try (SessionPeer.Link link = enter(peer, 0)) {
        SessionClient client = get(connecting);
        assertThat(failure(client.post(LOBBY, "x".repeat(65_537))))
            .isInstanceOf(RefusedException.class)
            .hasMessage("the text has 65537 bytes of UTF-8, and the server accepts 65536");
        CompletableFuture<FromServer.Ack> first = client.post(LOBBY, "1");
        CompletableFuture<FromServer.Ack> second = client.post(LOBBY, "2");
        assertThat(client.waiting()).isEqualTo(2);
        assertThat(failure(client.post(LOBBY, "3"))).hasMessageContaining("too much waits");
        link.say(ack(link.hear(FromClient.Post.class), 1));
        get(first);
        FromClient.Post again = link.hear(FromClient.Post.class);
        assertThat(failure(client.post(again))).hasMessageContaining("waits already");
        link.say(ack(again, 2));
        get(second);
        leave(client, link);
      }
    }
  }

  @Test
  void keepsItsIdentityInAFileThatOnlyItsOwnerCanRead() throws Exception {
    Path file = dir.resolve("sub").resolve("client");
    List<FromClient.Hello> hellos = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      try (SessionPeer peer = new SessionPeer(false)) {
        CompletableFuture<SessionClient> connecting = connect(peer, builder().clientFile(file));
        try (SessionPeer.Link link = peer.accept()) {
          hellos.add(link.hear(FromClient.Hello.class));
          link.say(welcome(60), joined("e1", 0, null));
          SessionClient client = get(connecting);
          client.post(LOBBY, "x");
          FromClient.Post post = link.hear(FromClient.Post.class);
          ids.add(post.id());
          link.say(ack(post, 1));
          leave(client, link);
        }
      }
    }
    assertThat(hellos.get(0).client()).isEqualTo(hellos.get(1).client());
    assertThat(ids).doesNotHaveDuplicates();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");

    Files.writeString(file, "something else\n");
    assertThatExceptionOfType(ChatException.class)
        .isThrownBy(() -> builder().clientFile(file).start(SessionAddress.parse("x"), "alice"))
        .withMessageContaining("does not hold who this client is");
  }

  @Test
  void aLeavingClientReconnectsForItsAcknowledgements() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer);
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      CompletableFuture<FromServer.Ack> ack = client.post(LOBBY, "last");
      first.hear(FromClient.Post.class);
      CompletableFuture<Void> left = CompletableFuture.runAsync(client::close);
      first.close();
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(welcome(60), joined("e1", 0, Resume.COMPLETE));
        second.say(ack(second.hear(FromClient.Post.class), 1));
        second.hear(FromClient.Bye.class);
        second.reset();
        assertThat(get(ack).seq()).isEqualTo(1);
        get(left);
      }
    }
  }

  @Test
  void postsMadeWithoutAConnectionAreSentOnce() throws Exception {
    SessionAddress nobody = SessionAddress.of(Peer.nobody());
    SessionClient client = builder().closeTimeout(Duration.ofMillis(50)).start(nobody, "alice");
    CompletableFuture<FromServer.Ack> ack = client.post(LOBBY, "waits");
    assertThat(client.waiting()).isEqualTo(1);
    client.close();
    assertThat(failure(ack)).hasMessage("the client is closed");
    get(client.closed());
  }

  @Test
  void anExceptionOfAListenerEndsIt() throws Exception {
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting =
          connect(
              peer,
              builder()
                  .room(
                      LOBBY,
                      Start.live(),
                      (client, message) -> {
                        throw new IllegalStateException("a bug");
                      }));
      SessionPeer.Link link = enter(peer, 0);
      SessionClient client = get(connecting);
      link.say(message(1, "x"));
      assertThat(failure(client.closed())).hasMessageContaining("a bug");
      link.close();
    }
  }

  @Test
  void leavesAClosedRoomAndRetriesABusyOne() throws Exception {
    RoomName tea = RoomName.of("tea");
    RoomRecord second = new RoomRecord();
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting =
          connect(peer, builder().room(tea, Start.live(), second));
      try (SessionPeer.Link link = peer.accept()) {
        link.hear(FromClient.Hello.class);
        link.say(
            welcome(60),
            FromServer.Error.ofRoom(LOBBY, Code.BUSY, 1L, "wait"),
            FromServer.Error.ofRoom(tea, Code.CLOSED, null, "closed"));
        SessionClient client = get(connecting);
        assertThat(second.next()).isEqualTo("left tea closed");
        FromClient.Join join = link.hear(FromClient.Join.class);
        link.say(
            new FromServer.Joined(
                join.q(), LOBBY, "e1", 0, 1, 1, null, null, null, "member", null));
        assertThat(room.next()).isEqualTo("joined e1 0");
        link.say(new FromServer.Left(null, LOBBY));
        assertThat(room.next()).isEqualTo("left lobby");
        leave(client, link);
      }
    }
  }

  @Test
  void receivesPrivateRoomsUnaskedAndResumesThem() throws Exception {
    RoomName bob = RoomName.of("@bob");
    RoomRecord others = new RoomRecord();
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().privateRooms(others));
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.say(new FromServer.Message(bob, 7, 1, "bob", true, "psst", null));
      assertThat(others.next()).isEqualTo("message null psst");
      FromClient.Join join = first.hear(FromClient.Join.class);
      first.say(
          new FromServer.Joined(join.q(), bob, "p", 7, 1, 2, null, null, null, "member", null));
      assertThat(others.next()).isEqualTo("joined p 7");
      first.close();
      try (SessionPeer.Link second = peer.accept()) {
        assertThat(second.hear(FromClient.Hello.class).rooms())
            .contains(new FromClient.Wish(bob, new Position("p", 7), null));
        second.say(welcome(60));
        leave(client, second);
      }
    }
  }

  @Test
  void entersPrivateRoomsUnaskedIfThereIsAListener() throws Exception {
    RoomName bob = RoomName.of("@bob");
    FromServer.Joined joined =
        new FromServer.Joined(null, bob, "p", 7, 1, 2, null, null, null, "member", null);
    FromServer.Message message = new FromServer.Message(bob, 8, 1, "bob", true, "psst", null);
    RoomRecord others = new RoomRecord();
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().privateRooms(others));
      try (SessionPeer.Link link = enter(peer, 0)) {
        SessionClient client = get(connecting);
        link.say(joined, message);
        assertThat(others.next()).isEqualTo("joined p 7");
        assertThat(others.next()).isEqualTo("message p:8 psst");
        leave(client, link);
      }
      connecting = connect(peer, builder());
      try (SessionPeer.Link link = enter(peer, 0)) {
        SessionClient client = get(connecting);
        link.say(joined, message, new FromServer.Blocked(null, List.of("mallory")));
        leave(client, link);
      }
    }
  }

  /** The server opens it where the refused join would have continued, before or after the retry. */
  @Test
  void takesAnUnaskedPrivateRoomAsTheAnswerToARefusedJoin() throws Exception {
    RoomName bob = RoomName.of("@bob");
    FromServer.Joined joined =
        new FromServer.Joined(null, bob, "p", 7, 1, 2, null, null, null, "member", null);
    RoomRecord others = new RoomRecord();
    try (SessionPeer peer = new SessionPeer(false)) {
      CompletableFuture<SessionClient> connecting = connect(peer, builder().privateRooms(others));
      SessionPeer.Link first = enter(peer, 0);
      SessionClient client = get(connecting);
      first.say(joined);
      assertThat(others.next()).isEqualTo("joined p 7");
      first.close();
      try (SessionPeer.Link second = peer.accept()) {
        second.hear(FromClient.Hello.class);
        second.say(welcome(60), FromServer.Error.ofRoom(bob, Code.UNAVAILABLE, 60_000L, "away"));
        second.say(
            new FromServer.Joined(
                null, bob, "p", 8, 1, 2, null, null, null, "member", FromServer.Resume.COMPLETE),
            new FromServer.Message(bob, 8, 1, "bob", true, "psst", null),
            joined);
        assertThat(others.next()).isEqualTo("joined p 8");
        assertThat(others.next()).isEqualTo("message p:8 psst");
        assertThat(others.next()).isEqualTo("joined p 7");
        leave(client, second);
      }
    }
  }

  @Test
  void connectsWithTlsToTrustedServersOnly() throws Exception {
    try (TlsRoom server = TlsRoom.with("localhost")) {
      SessionAddress address = SessionAddress.parse("chats://" + server.address());
      assertThatExceptionOfType(UntrustedServerException.class)
          .isThrownBy(() -> builder().connect(address, "alice"));
      assertThat(failure(builder().start(address, "alice").closed()))
          .isInstanceOf(UntrustedServerException.class);

      SessionAddress plain = SessionAddress.of(server.address());
      TlsTrust trust = TlsTrust.authorities(TlsRoom.file("ca.pem"));
      try (SessionClient client = builder().tls(trust).connect(plain, "alice")) {
        assertThat(get(client.post(LOBBY, "over TLS")).seq()).isPositive();
      }
    }
  }

  @Test
  void refusesAnInvalidName() {
    assertThatThrownBy(() -> builder().start(SessionAddress.parse("x"), "\ud83d"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
