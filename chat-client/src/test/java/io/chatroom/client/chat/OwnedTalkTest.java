package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.client.ChatClient;
import io.chatroom.client.KnownServers;
import io.chatroom.client.OwnedNames;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.SessionClient;
import io.chatroom.client.SessionPeer;
import io.chatroom.client.SessionPeer.Link;
import io.chatroom.client.chat.ChatSession.Reply;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A person on a server with owned names and moderation. */
class OwnedTalkTest {

  private static final RoomName LOBBY = RoomName.of("lobby");
  private static final RoomName BOB = RoomName.of("@bob");

  @TempDir Path dir;

  private final SessionPeer peer = new SessionPeer(false);
  private final RecordingScreen screen = new RecordingScreen();
  private @Nullable ChatSession session;

  @AfterEach
  void close() {
    peer.close();
    if (session != null) {
      session.leave().join();
    }
  }

  private ChatSession start() {
    OwnedNames names = new OwnedNames(dir.resolve("owned_names"));
    Network network =
        new Network(
            ChatClient.builder(),
            (to, orSeed) ->
                SessionClient.builder()
                    .names(names)
                    .welcomeTimeout(Duration.ofSeconds(60))
                    .closeTimeout(Duration.ofMillis(100)),
            List.of(LOBBY),
            20,
            true,
            names);
    Protocols protocols =
        new Protocols() {
          @Override
          public Choice choice(ServerAddress server) {
            return Choice.SESSION_FIRST;
          }

          @Override
          public void sessionWorks(ServerAddress server) {}

          @Override
          public void seedWorks(ServerAddress server) {}
        };
    ChatSession begun =
        new ChatSession(
            peer.address().server(),
            "alice",
            network,
            protocols,
            new KnownServers(dir.resolve("known_servers")),
            screen,
            new Completion(new NamesHeard()),
            Clock.systemUTC(),
            joined -> {});
    session = begun;
    begun.start();
    return begun;
  }

  private Link accept(boolean owned) throws IOException {
    return accept(
        owned,
        "history",
        "claim",
        "block",
        "delete",
        "durable",
        "moderate",
        "private",
        "read",
        "tokens");
  }

  private Link accept(boolean owned, String... features) throws IOException {
    Link link = peer.accept();
    link.hear(FromClient.Hello.class);
    link.say(
        new FromServer.Welcome(
            "alice",
            owned,
            "script/1",
            new TreeMap<>(Map.of("maxMessageBytes", 65_536L)),
            List.of(features),
            30,
            LOBBY),
        SessionPeer.joined("e1", 0, null));
    if (owned) {
      link.say(new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of()));
    }
    link.hear(FromClient.Rooms.class);
    return link;
  }

  private static FromServer.Message said(
      RoomName room, long seq, String from, boolean owned, @Nullable String text) {
    return new FromServer.Message(room, seq, 1, from, owned, text, null);
  }

  private void awaitShown(String... lines) {
    await().untilAsserted(() -> assertThat(screen.shown).endsWith(lines));
  }

  @Test
  void asksOnceWhetherToClaimTheNameAndClaimsIt() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitShown(
          "-- claim the name alice on "
              + peer.address().server()
              + ", so that nobody else can use it? [y/N] (/claim does it later)");
      assertThat(talk.typed("yes")).isEqualTo(Reply.DONE);
      link.say(new FromServer.Owned(link.hear(FromClient.Claim.class).q(), "t0ken", 365L));
      awaitShown(
          "-- the name alice is yours here now: nobody else can use it",
          "-- it becomes free again if you do not use it for 365 days");
      link.say(new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of()));
      assertThat(Files.readString(dir.resolve("owned_names"))).contains(" alice t0ken\n");

      talk.typed("yes");
      assertThat(link.hear(FromClient.Post.class).text()).as("no answer any more").isEqualTo("yes");
    }
    talk.leave().join();
    start();
    try (Link link = accept(false)) {
      link.say(said(LOBBY, 1, "bob", true, "hi"));
      awaitShown("bob: hi");
      assertThat(screen.shown).filteredOn(line -> line.contains("claim the name")).hasSize(1);
    }
  }

  @Test
  void doesNotAskWhereTheServerForgetsNamesAndSaysSoAtAClaim() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false, "history", "claim", "block")) {
      talk.typed("yes");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("yes");
      talk.typed("/claim");
      link.say(new FromServer.Owned(link.hear(FromClient.Claim.class).q(), "t0ken", 365L));
      awaitShown(
          "-- the name alice is yours here now: nobody else can use it",
          "-- this server keeps no data: it forgets the name when it restarts");
      link.hear(FromClient.Block.class);
    }
    assertThat(screen.shown).noneMatch(line -> line.contains("claim the name"));
  }

  @Test
  void postsAMessageThatIsTypedInsteadOfAnAnswer() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitQuestion();
      talk.typed("hello");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("hello");
      talk.typed("no");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("no");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "Y", " Yes ", "YES", "yes.", "y!"})
  void claimsTheNameForAnyWayToTypeYes(String yes) throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitQuestion();
      assertThat(talk.typed(yes)).isEqualTo(Reply.DONE);
      link.hear(FromClient.Claim.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "N", "no", " No ", "NO.", ""})
  void neverPostsTheAnswerNo(String no) throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitQuestion();
      assertThat(talk.typed(no)).isEqualTo(Reply.DONE);
      awaitShown("-- /claim claims the name later");
      talk.typed("hello");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"yes please", "No, thanks", "y\nhello", "n?"})
  void asksAgainWhenALineOnlyBeginsLikeAnAnswer(String unclear) throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitQuestion();
      assertThat(talk.typed(unclear)).isEqualTo(Reply.REFUSED);
      awaitShown("-- not posted: answer the question about your name with y or n first");
      assertThat(talk.typed("n")).isEqualTo(Reply.DONE);
      talk.typed("hello");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("hello");
    }
  }

  private void awaitQuestion() {
    await().until(() -> screen.shown.stream().anyMatch(line -> line.contains("claim the name")));
  }

  /** The mark precedes the name, whatever the name is. */
  @Test
  void marksNamesWithoutProof() throws IOException {
    start();
    try (Link link = accept(true)) {
      link.say(
          said(LOBBY, 1, "bob", true, "mine"),
          said(LOBBY, 2, "bob", false, "not mine"),
          said(LOBBY, 3, "bob: I say", false, "so"));
      awaitShown("bob: mine", "?bob: not mine", "?bob: I say: so");
    }
  }

  @Test
  void showsThatAMessageWasDeleted() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      link.say(
          said(LOBBY, 1, "bob", true, "one"),
          said(LOBBY, 2, "alice", true, "secret"),
          said(LOBBY, 3, "bob", true, "three"));
      awaitShown("bob: three");
      talk.typed("/delete");
      assertThat(link.hear(FromClient.Delete.class).seq()).isEqualTo(2);
      link.say(new FromServer.Event(LOBBY, 4, 1, "deleted", "alice", 2L, null, null));
      awaitShown("-- alice deleted a message of alice, posted at 00:00");
      talk.typed("/delete bob 2");
      FromClient.Delete second = link.hear(FromClient.Delete.class);
      assertThat(second.seq()).isEqualTo(1);
      link.say(FromServer.Error.ofRequest(second.q(), Code.FORBIDDEN, null, "Not yours."));
      awaitShown("-- Not yours.");
      assertThat(talk.typed("/delete")).isEqualTo(Reply.REFUSED);

      Path saved = dir.resolve("saved");
      talk.typed("/save " + saved);
      assertThat(Files.readString(saved)).contains("(deleted)").doesNotContain("secret");
    }
  }

  @Test
  void showsInTheHistoryThatAMessageWasDeleted() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      awaitShown(
          "-- connected to " + peer.address().server() + " as alice; /help shows the commands");
      talk.typed("/history");
      FromClient.History asked = link.hear(FromClient.History.class);
      link.say(
          new FromServer.Page(
              asked.q(),
              LOBBY,
              "e1",
              List.of(
                  said(LOBBY, 1, "bob", true, null),
                  new FromServer.Event(LOBBY, 2, 1, "deleted", "bob", 1L, null, null)),
              true,
              null));
      awaitShown(
          "== 2 earlier in lobby", "before bob: (deleted)", "-- bob deleted a message", "== now");
      assertThat(talk.typed("/delete bob")).as("again").isEqualTo(Reply.REFUSED);
    }
  }

  @Test
  void moderates() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      awaitShown(
          "-- connected to " + peer.address().server() + " as alice; /help shows the commands");
      talk.typed("/mute \"bad bob\" 10m too loud");
      FromClient.Moderate mute = link.hear(FromClient.Moderate.class);
      assertThat(mute)
          .isEqualTo(
              new FromClient.Moderate(
                  mute.q(), FromClient.Action.MUTE, LOBBY, "bad bob", 600L, false, "too loud"));
      link.say(
          new FromServer.Event(
              LOBBY, 1, 1, "moderated", "alice", null, "bad bob", "mute too loud"));
      awaitShown("-- alice: mute bad bob (too loud)");

      talk.typed("/ban --server --address bob");
      FromClient.Moderate ban = link.hear(FromClient.Moderate.class);
      assertThat(ban)
          .isEqualTo(
              new FromClient.Moderate(
                  ban.q(), FromClient.Action.BAN, null, "bob", null, true, null));
      link.say(new FromServer.Moderated(ban.q(), "ban", "bob"));
      awaitShown("-- /ban applies to the whole server");

      talk.typed("/slow 30s");
      assertThat(link.hear(FromClient.Moderate.class).seconds()).isEqualTo(30);
      talk.typed("/slow off");
      assertThat(link.hear(FromClient.Moderate.class).action()).isEqualTo(FromClient.Action.UNSLOW);
      assertThat(talk.typed("/slow down")).isEqualTo(Reply.REFUSED);
      assertThat(talk.typed("/kick --all bob")).isEqualTo(Reply.REFUSED);
      assertThat(talk.typed("/kick")).isEqualTo(Reply.REFUSED);
    }
  }

  @Test
  void showsNothingFromBlockedPeople() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      talk.typed("/block Bob");
      link.say(
          new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of("Bob")),
          said(LOBBY, 1, "bob", true, "buy this"),
          said(LOBBY, 2, "carol", true, "hi"));
      awaitShown("-- you have blocked Bob", "carol: hi");
      talk.typed("/unblock bob");
      link.say(
          new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of()),
          said(LOBBY, 3, "bob", true, "hello"));
      awaitShown("-- you have blocked nobody", "bob: hello");
    }
  }

  @Test
  void opensPrivateRoomsWithUnreadMessagesAndMarksThemRead() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      link.say(
          new FromServer.Joined(null, BOB, "p", 5, 1, 2, null, null, 3L, "member", null),
          said(BOB, 6, "bob", true, "psst"));
      await()
          .untilAsserted(
              () ->
                  assertThat(screen.standing.unread())
                      .containsExactly(new Standing.Unread(2, "@bob", 3, false)));
      talk.typed("/room @bob");
      assertThat(link.hear(FromClient.History.class).seq()).isEqualTo(6);
      assertThat(link.hear(FromClient.Read.class)).isEqualTo(new FromClient.Read(BOB, 6));
      assertThat(screen.standing.unread()).isEmpty();
      link.say(said(BOB, 7, "bob", true, "there?"));
      assertThat(link.hear(FromClient.Read.class)).isEqualTo(new FromClient.Read(BOB, 7));
    }
  }

  @Test
  void fetchesTheHistoryOfAPrivateRoom() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      link.say(new FromServer.Joined(null, BOB, "p", 1, 1, 2, null, null, 0L, "member", null));
      await().until(() -> !screen.standing.unread().isEmpty());
      talk.typed("/room @bob");
      FromClient.History asked = link.hear(FromClient.History.class);
      link.say(
          new FromServer.Page(
              asked.q(), BOB, "p", List.of(said(BOB, 1, "bob", true, "psst")), true, null));
      awaitShown("== 1 earlier in @bob", "before bob: psst", "== now");
    }
  }

  @Test
  void showsWhyItWasRemoved() throws Exception {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      link.say(new FromServer.Left(null, LOBBY, "bob has put you out: spam"));
      awaitShown("-- removed from lobby: bob has put you out: spam");
      link.say(new FromServer.Bye("key-wrong", Do.STOP, null, "The key is not good any more."));
      assertThat(talk.over().join())
          .isEqualTo("The key is not good any more; put the key into a file, see --key-file");
    }
  }

  /** It does not try the seed's protocol either. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsWithAReasonWhenItIsBanned(boolean isHere) throws IOException {
    ChatSession talk = start();
    try (Link link = isHere ? accept(true) : peer.accept()) {
      if (!isHere) {
        link.hear(FromClient.Hello.class);
      }
      link.say(new FromServer.Bye("banned", Do.STOP, null, "You are banned for 2 hours: spam"));
      assertThat(talk.over().join()).isEqualTo("You are banned for 2 hours: spam");
    }
  }

  /** The seed's protocol would take any name. */
  @Test
  void doesNotFallBackToTheSeedsProtocolForAnOwnedName() throws IOException {
    ChatSession talk = start();
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(
          FromServer.Error.ofRequest(null, Code.NAME_OWNED, null, "alice belongs to somebody"));
      assertThat(talk.over().join())
          .isEqualTo(
              "alice belongs to somebody; choose another --name, or if this one is yours, move it"
                  + " here with chat-client name use");
    }
  }

  @Test
  void makesTokensForBots() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      talk.typed("/bot make dice read games");
      FromClient.Tokens make = link.hear(FromClient.Tokens.class);
      RoomName games = RoomName.of("games");
      assertThat(make.rooms()).containsExactly(games);
      link.say(
          new FromServer.Tokens(
              make.q(),
              List.of(new FromServer.BotToken("dice", List.of(games), FromClient.Scope.READ, 1)),
              "b0t"));
      awaitShown("-- dice, may read in games", "-- the token of the new bot, shown only now: b0t");
    }
  }
}
