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

/** A person where names belong to somebody, and rooms are kept in order. */
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
    Link link = peer.accept();
    link.hear(FromClient.Hello.class);
    link.say(
        new FromServer.Welcome(
            "alice",
            owned,
            "script/1",
            new TreeMap<>(Map.of("maxMessageBytes", 65_536L)),
            List.of("history", "claim", "block", "delete", "moderate", "private", "read", "tokens"),
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
  void asksOnceWhetherToOwnTheNameAndClaimsIt() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      awaitShown(
          "-- shall the name alice be yours on "
              + peer.address().server()
              + ", so that nobody else can have it? Type yes or no; /claim does it later");
      assertThat(talk.typed("yes")).isEqualTo(Reply.DONE);
      link.say(new FromServer.Owned(link.hear(FromClient.Claim.class).q(), "t0ken", 365L));
      awaitShown(
          "-- the name alice is yours here now, and nobody else can have it",
          "-- it is free again when you do not come for 365 days");
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
      assertThat(screen.shown).filteredOn(line -> line.contains("shall the name")).hasSize(1);
    }
  }

  @Test
  void saysWhatIsTypedInsteadOfAnAnswer() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(false)) {
      await().until(() -> screen.shown.stream().anyMatch(line -> line.contains("shall the name")));
      talk.typed("hello");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("hello");
      talk.typed("no");
      assertThat(link.hear(FromClient.Post.class).text()).isEqualTo("no");
    }
  }

  /** What an unproven name may be, its mark is in front of it. */
  @Test
  void marksNamesThatAreNotShownToBeTheirSpeakers() throws IOException {
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
  void showsWhatWasTakenBackAsThat() throws IOException {
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
      awaitShown("-- alice has taken back what alice said at 00:00");
      talk.typed("/delete bob 2");
      FromClient.Delete second = link.hear(FromClient.Delete.class);
      assertThat(second.seq()).isEqualTo(1);
      link.say(FromServer.Error.ofRequest(second.q(), Code.FORBIDDEN, null, "Not yours."));
      awaitShown("-- Not yours.");
      assertThat(talk.typed("/delete")).isEqualTo(Reply.REFUSED);

      Path saved = dir.resolve("saved");
      talk.typed("/save " + saved);
      assertThat(Files.readString(saved)).contains("(taken back)").doesNotContain("secret");
    }
  }

  @Test
  void showsInTheHistoryThatAMessageWasTakenBack() throws IOException {
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
          "== 2 earlier in lobby",
          "before bob: (taken back)",
          "-- bob has taken a message back",
          "== now");
      assertThat(talk.typed("/delete bob")).as("again").isEqualTo(Reply.REFUSED);
    }
  }

  @Test
  void keepsOrder() throws IOException {
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
      awaitShown("-- /ban holds in the whole server");

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
  void showsNothingOfWhomThePersonHasBlocked() throws IOException {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      talk.typed("/block Bob");
      link.say(
          new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of("Bob")),
          said(LOBBY, 1, "bob", true, "buy this"),
          said(LOBBY, 2, "carol", true, "hi"));
      awaitShown("-- you hear nothing of Bob", "carol: hi");
      talk.typed("/unblock bob");
      link.say(
          new FromServer.Blocked(link.hear(FromClient.Block.class).q(), List.of()),
          said(LOBBY, 3, "bob", true, "hello"));
      awaitShown("-- you have blocked nobody", "bob: hello");
    }
  }

  @Test
  void opensPrivateRoomsWithWhatIsUnreadAndMarksItAsRead() throws IOException {
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
  void fetchesWhatWasSaidInAPrivateRoomBefore() throws IOException {
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
  void tellsWhyItWasPutOut() throws Exception {
    ChatSession talk = start();
    try (Link link = accept(true)) {
      link.say(new FromServer.Left(null, LOBBY, "bob has put you out: spam"));
      awaitShown("-- put out of lobby: bob has put you out: spam");
      link.say(new FromServer.Bye("key-wrong", Do.STOP, null, "The key is not good any more."));
      assertThat(talk.over().join())
          .isEqualTo("The key is not good any more; a key goes into a file, see --key-file");
    }
  }

  /** Nor does it try the seed's protocol then. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void endsWithASentenceWhenItIsBanned(boolean isHere) throws IOException {
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
  void doesNotTakeANameThatBelongsToSomebodyByAnotherWay() throws IOException {
    ChatSession talk = start();
    try (Link link = peer.accept()) {
      link.hear(FromClient.Hello.class);
      link.say(
          FromServer.Error.ofRequest(null, Code.NAME_OWNED, null, "alice belongs to somebody"));
      assertThat(talk.over().join())
          .isEqualTo(
              "alice belongs to somebody; take another --name, or if this one is yours bring it"
                  + " here by chat-client name use");
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
      awaitShown(
          "-- dice, may read in games",
          "-- the token of the new one, which is not told again: b0t");
    }
  }
}
