package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.ChatClient;
import io.chatroom.client.KnownServers;
import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.SessionPeer;
import io.chatroom.client.SessionPeer.Link;
import io.chatroom.client.chat.ChatSession.Reply;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Resume;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person in sessions with a scripted server. */
class SessionTalkTest {

  private static final RoomName LOBBY = RoomName.of("lobby");
  private static final RoomName DEV = RoomName.of("dev");

  @TempDir Path dir;

  private final SessionPeer peer = new SessionPeer(false);
  private final RecordingScreen screen = new RecordingScreen();
  private final Completion completion = new Completion(new NamesHeard());
  private final List<String> learnt = new CopyOnWriteArrayList<>();
  private final Protocols protocols =
      new Protocols() {
        @Override
        public Choice choice(ServerAddress server) {
          return Choice.SESSION_FIRST;
        }

        @Override
        public void sessionWorks(ServerAddress server) {
          learnt.add("session");
        }

        @Override
        public void seedWorks(ServerAddress server) {
          learnt.add("seed");
        }
      };

  private @Nullable ChatSession session;

  @AfterEach
  void close() {
    peer.close();
    if (session != null) {
      session.leave().join();
    }
  }

  private ChatSession start(ServerAddress server, boolean reconnect) {
    return start(server, reconnect, List.of(LOBBY));
  }

  private ChatSession start(ServerAddress server, boolean reconnect, List<RoomName> rooms) {
    Network network =
        new Network(
            ChatClient.builder(),
            (to, orSeed) ->
                SessionClient.builder()
                    .welcomeTimeout(Duration.ofSeconds(60))
                    .closeTimeout(Duration.ofMillis(100)),
            rooms,
            20,
            reconnect);
    ChatSession begun =
        new ChatSession(
            server,
            "alice",
            network,
            protocols,
            new KnownServers(dir.resolve("known_servers")),
            screen,
            completion,
            Clock.systemUTC(),
            joined -> {});
    session = begun;
    begun.start();
    return begun;
  }

  private ChatSession start() {
    return start(peer.address().server(), true);
  }

  /** The next connection, welcomed and in the lobby. */
  private Link accept(long seq, @Nullable Resume resume) throws IOException {
    Link link = peer.accept();
    link.hear(FromClient.Hello.class);
    link.say(SessionPeer.welcome(30), SessionPeer.joined("e1", seq, resume));
    if (resume == null) {
      link.hear(FromClient.Rooms.class);
    }
    return link;
  }

  private static FromServer.Joined joined(@Nullable String q, RoomName room, String... members) {
    return new FromServer.Joined(
        q, room, "e1", 0, 1, members.length, List.of(members), null, null, "member", null);
  }

  private static FromServer.Message said(RoomName room, long seq, String from, String text) {
    return new FromServer.Message(room, seq, 1, from, false, text, null);
  }

  private static FromServer.Ack ack(FromClient.Post post, long seq) {
    return new FromServer.Ack(post.id(), post.room(), seq, 1, false);
  }

  private void awaitShown(String... lines) {
    await()
        .untilAsserted(
            () -> assertThat(screen.shown).filteredOn(l -> !isGreeting(l)).endsWith(lines));
  }

  private static boolean isGreeting(String line) {
    return line.startsWith("-- connected to ");
  }

  private void awaitWaiting(String... texts) {
    await().untilAsserted(() -> assertThat(screen.standing.waiting()).containsExactly(texts));
  }

  /** A private room without a known epoch is left when the connection ends. */
  @Test
  void showsNoOtherRoomWhenItLeaves() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(0, null)) {
      link.say(said(LOBBY, 1, "bob", "hello"), said(RoomName.of("@bob"), 1, "bob", "psst"));
      link.hear(FromClient.Join.class);
      awaitShown("bob: hello");
      talk.typed("/room 2");
      awaitShown("before bob: psst");
      talk.leave().join();

      assertThat(screen.shown).doesNotContain("before bob: hello");
    }
  }

  @Test
  void showsHistoryThenMembersThenNewMessages() throws IOException {
    start();
    try (Link link = peer.accept()) {
      assertThat(link.hear(FromClient.Hello.class).rooms())
          .containsExactly(new FromClient.Wish(LOBBY, null, 20L));
      link.say(
          SessionPeer.welcome(30),
          new FromServer.Joined(
              null,
              LOBBY,
              "e1",
              2,
              1,
              3,
              List.of("alice", "bob", "eve"),
              "Tea",
              null,
              "member",
              null),
          said(LOBBY, 1, "bob", "alice?"),
          said(LOBBY, 2, "eve", "not here"),
          said(LOBBY, 3, "bob", "hi alice"),
          new FromServer.Presence(LOBBY, List.of("al"), List.of("eve"), 3),
          new FromServer.Event(LOBBY, 4, 1, FromServer.Event.TOPIC, "bob", null, null, "Cake"));

      awaitShown(
          "before bob: alice?",
          "before eve: not here",
          "-- in lobby: bob, eve; topic: Tea",
          "!bob: hi alice",
          "-- al joined; eve left",
          "-- bob set the topic: Cake");
      assertThat(screen.shown.get(0)).endsWith(" as alice; /help shows the commands");
      assertThat(learnt).containsExactly("session");
      assertThat(completion.words("")).contains("bob", "al").doesNotContain("zoe");
    }
  }

  @Test
  void joinsTheRoomThatTheServerSuggests() throws IOException {
    ChatSession talk = start(peer.address().server(), true, List.of());
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(SessionPeer.welcome(30, DEV), SessionPeer.joined("e1", 0, null));
      FromClient.Join join = link.hear(FromClient.Join.class);
      assertThat(join.room()).isEqualTo(DEV);
      link.hear(FromClient.Rooms.class);
      link.say(joined(join.q(), DEV, "alice"));
      awaitShown("== dev", "-- in dev: nobody else");

      talk.typed("hello");
      assertThat(link.hear(FromClient.Post.class).room()).isEqualTo(DEV);
    }
  }

  @Test
  void marksPostsUntilTheyAreAcknowledgedAndShowsThemInTheRoomsOrder() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(0, null)) {
      assertThat(talk.typed("hello")).isEqualTo(Reply.DONE);
      FromClient.Post post = link.hear(FromClient.Post.class);
      awaitWaiting("hello");
      link.say(said(LOBBY, 1, "bob", "first"), ack(post, 2), said(LOBBY, 3, "bob", "third"));

      awaitShown("bob: first", "said hello", "bob: third");
      awaitWaiting();
    }
  }

  @Test
  void missesNothingAndPostsEverythingOnceAfterAReconnect() throws IOException {
    ChatSession talk = start();
    FromClient.Post unanswered;
    try (Link link = accept(0, null)) {
      talk.typed("stored, without an ack");
      unanswered = link.hear(FromClient.Post.class);
    }
    await().until(() -> String.valueOf(screen.standing.sentence()).startsWith("not connected, "));
    talk.typed("typed meanwhile");
    awaitWaiting("stored, without an ack", "typed meanwhile");
    try (Link link = accept(2, Resume.COMPLETE)) {
      link.say(said(LOBBY, 1, "alice", "stored, without an ack"), said(LOBBY, 2, "bob", "missed"));
      FromClient.Post again = link.hear(FromClient.Post.class);
      assertThat(again).isEqualTo(unanswered);
      FromClient.Post typed = link.hear(FromClient.Post.class);
      link.say(
          new FromServer.Ack(again.id(), LOBBY, 1, 1, true), // a duplicate
          ack(typed, 3));

      awaitShown("alice: stored, without an ack", "bob: missed", "said typed meanwhile");
      awaitWaiting();
      assertThat(screen.standing).isEqualTo(Standing.NOTHING);
      assertThat(screen.shown)
          .contains("-- connected again")
          .noneMatch(line -> line.contains("miss") && !line.startsWith("bob"));
    }
  }

  @Test
  void showsAGapInItsPlace() throws IOException {
    start();
    try (Link link = accept(0, null)) {
      link.say(
          said(LOBBY, 1, "bob", "one"),
          new FromServer.Gap(LOBBY, 2, 7, FromServer.Gap.LAGGED),
          said(LOBBY, 8, "bob", "eight"),
          new FromServer.Gap(LOBBY, 9, 9, FromServer.Gap.RETENTION));
      awaitShown(
          "bob: one",
          "-- gap: messages 2 to 7 are missing: this client was too slow",
          "bob: eight",
          "-- gap: message 9 is missing: the server no longer keeps them");
    }
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(
          SessionPeer.welcome(30),
          SessionPeer.joined("e2", 0, Resume.GAP),
          new FromServer.Gap(LOBBY, 1, 0, FromServer.Gap.EPOCH));
      awaitShown("-- connected again", "-- gap: the server has replaced the history of this room");
    }
  }

  @Test
  void countsUnreadMessagesOfOtherRoomsAndShowsThemOnSwitching() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(0, null)) {
      link.say(said(LOBBY, 1, "bob", "one"));
      awaitShown("bob: one");
      talk.typed("/join Dev");
      link.say(joined(link.hear(FromClient.Join.class).q(), DEV, "alice", "eve"));
      awaitShown("== dev", "-- in dev: eve");
      assertThat(screen.standing.room()).isEqualTo("dev");

      link.say(said(LOBBY, 2, "bob", "two"), said(LOBBY, 3, "bob", "alice?"));
      await()
          .untilAsserted(
              () ->
                  assertThat(screen.standing.unread())
                      .containsExactly(new Standing.Unread(1, "lobby", 2, true)));
      assertThat(screen.shown).endsWith("(rings)").doesNotContain("bob: two");
      talk.typed("for dev");
      FromClient.Post post = link.hear(FromClient.Post.class);
      assertThat(post.room()).isEqualTo(DEV);

      talk.switchTo(1);
      awaitShown(
          "== lobby", "before bob: one", "== 2 unread", "before bob: two", "before bob: alice?");
      assertThat(screen.standing.unread()).isEmpty();
      awaitWaiting("[dev] for dev");
      link.say(ack(post, 1), said(DEV, 2, "eve", "in dev"));
      await().until(() -> screen.standing.unread().size() == 1);
      assertThat(talk.typed("/room dev")).isEqualTo(Reply.DONE);
      awaitShown(
          "== dev", "-- in dev: eve", "before alice: for dev", "== 1 unread", "before eve: in dev");

      assertThat(talk.typed("/room 3")).isEqualTo(Reply.REFUSED);
      assertThat(screen.shown).endsWith("-- you are not in 3: join it with /join 3");
      assertThat(completion.words("/room")).containsExactly("lobby", "dev");
      talk.typed("/leave");
      link.say(new FromServer.Left(link.hear(FromClient.Leave.class).q(), DEV));
      await().until(() -> screen.standing.room() == null);
      assertThat(screen.shown).contains("-- left dev");
    }
  }

  @Test
  void showsWhatTheServerRefuses() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(0, null)) {
      talk.typed("hello");
      FromClient.Post post = link.hear(FromClient.Post.class);
      link.say(FromServer.Error.ofPost(post.id(), Code.MUTED, null, "Not here."));
      awaitShown("-- the server refused this message, \"Not here.\": hello");
      awaitWaiting();

      talk.typed("/join secret");
      String q = link.hear(FromClient.Join.class).q();
      link.say(FromServer.Error.ofRequest(q, Code.CLOSED, null, "Closed."));
      awaitShown("-- cannot join secret: Closed.");
      assertThat(talk.typed("/join not a room")).isEqualTo(Reply.REFUSED);
      assertThat(talk.typed("/msg bob hi")).isEqualTo(Reply.REFUSED);
      assertThat(screen.shown)
          .endsWith("-- this server has no private messages: they need owned names");
    }
  }

  @Test
  void asksTheServerForHistoryAndLists() throws IOException {
    ChatSession talk = start();
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(SessionPeer.welcome(30), SessionPeer.joined("e1", 40, null));
      for (int seq = 21; seq <= 40; seq++) {
        link.say(said(LOBBY, seq, "bob", "" + seq));
      }
      FromClient.Rooms known = link.hear(FromClient.Rooms.class);
      link.say(
          new FromServer.Rooms(known.q(), List.of(new FromServer.Room(DEV, 3, 9, "Code")), true));
      awaitShown("before bob: 40");
      talk.typed("/history 2");
      FromClient.History history = link.hear(FromClient.History.class);
      assertThat(history)
          .isEqualTo(new FromClient.History(history.q(), LOBBY, FromClient.Side.BEFORE, 21, 2));
      link.say(
          new FromServer.Page(
              history.q(),
              LOBBY,
              "e1",
              List.of(said(LOBBY, 19, "bob", "19"), said(LOBBY, 20, "bob", "20")),
              true,
              19L));
      awaitShown("== 2 earlier in lobby", "before bob: 19", "before bob: 20", "== now");
      talk.typed("/history");
      history = link.hear(FromClient.History.class);
      assertThat(history.seq()).as("goes back further").isEqualTo(19);
      link.say(new FromServer.Page(history.q(), LOBBY, "e1", List.of(), true, null));
      awaitShown("-- there is nothing before this");
      assertThat(talk.typed("/history 201")).isEqualTo(Reply.REFUSED);

      talk.typed("/search tea time");
      FromClient.Search search = link.hear(FromClient.Search.class);
      assertThat(search.query()).isEqualTo("tea time");
      link.say(
          new FromServer.Page(
              search.q(), null, null, List.of(said(DEV, 4, "eve", "Tea time")), true, null));
      awaitShown("== 1 found for tea time", "before eve: [dev] Tea time", "== now");

      talk.typed("/who");
      link.say(
          new FromServer.Members(
              link.hear(FromClient.Members.class).q(), LOBBY, List.of("alice", "b\u001bb"), 3));
      awaitShown("-- 3 in lobby: alice, b\\x1bb and 1 more");
      talk.typed("/rooms");
      link.say(
          new FromServer.Rooms(
              link.hear(FromClient.Rooms.class).q(),
              List.of(
                  new FromServer.Room(DEV, 3, 9, "Code"), new FromServer.Room(LOBBY, 1, 40, null)),
              true));
      awaitShown("--    dev, 3 people: Code", "--  1 lobby, 1 person");
      assertThat(completion.words("/join")).containsExactly("dev", "lobby");

      talk.typed("/topic");
      awaitShown("-- lobby has no topic");
      talk.typed("/topic Tea");
      assertThat(link.hear(FromClient.Topic.class).text()).isEqualTo("Tea");
    }
  }

  @Test
  void fallsBackToTheSeedsProtocolAndKeepsTypedMessages() throws IOException {
    try (Peer old = new Peer()) {
      ChatSession talk = start(old.address(), true);
      talk.typed("early");
      try (Member member = old.accept("alice")) {
        assertThat(member.read()).isEqualTo("early");
        awaitShown("said early");
        assertThat(learnt).as("not before it is known to work").isEmpty();
        member.relay("bob", "hello");
        awaitShown("bob: hello");
        await().untilAsserted(() -> assertThat(learnt).containsExactly("seed"));
        assertThat(talk.typed("/rooms")).isEqualTo(Reply.DONE);
        awaitShown(
            "-- this server speaks the seed's protocol only: there is one room and no history");
      }
    }
  }

  @Test
  void explainsHowToGetRoomsIfTheNameIsTaken() throws IOException {
    start();
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(FromServer.Error.ofRequest(null, Code.NAME_TAKEN, null, "Taken."));

      await()
          .untilAsserted(
              () ->
                  assertThat(screen.shown)
                      .contains(
                          "-- this name gets no rooms and no history; for those, use another"
                              + " --name: Taken."));
    }
  }

  @Test
  void endsWithTheConnectionWhenItMustNotTryAgain() throws IOException {
    ChatSession talk = start(peer.address().server(), false);
    accept(0, null).close();

    assertThat(talk.over().join()).startsWith("the connection to ").endsWith(" is gone");
  }

  @Test
  void takesWaitingMessagesToAnotherServerAndNamesDoubtfulOnes() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(0, null)) {
      talk.typed("may have arrived");
      link.hear(FromClient.Post.class);
    }
    try (Peer old = new Peer()) {
      await().until(() -> String.valueOf(screen.standing.sentence()).startsWith("not connected, "));
      peer.close();
      talk.typed("for whom?");
      talk.typed("/server " + old.address());
      try (Member member = old.accept("alice")) {
        assertThat(member.read()).isEqualTo("for whom?");
      }
      assertThat(screen.shown)
          .contains(
              "-- this was sent, but may not have arrived: may have arrived",
              "-- waiting messages will be sent to " + old.address());
    }
  }

  @Test
  void reportsUnsentMessagesOnLeaving() {
    ChatSession talk = start(Peer.nobody(), true);
    await().until(() -> String.valueOf(screen.standing.sentence()).startsWith("not connected, "));
    talk.typed("one\ntwo");
    CompletableFuture<Farewell> farewell = talk.leave();

    assertThat(farewell.join()).isEqualTo(new Farewell(List.of("one", "two"), List.of(), null));
  }
}
