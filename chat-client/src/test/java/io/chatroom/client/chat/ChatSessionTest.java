package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Ending;
import io.chatroom.client.KnownServers;
import io.chatroom.client.ServerAddress;
import io.chatroom.client.TlsRoom;
import io.chatroom.client.chat.ChatSession.Reply;
import io.chatroom.protocol.ChatMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatSessionTest {

  private static final ServerAddress HERE = new ServerAddress("here", 1);

  @TempDir Path dir;

  private final ScriptedDialer dialer = new ScriptedDialer();
  private final List<ManualTicker> tickers = new ArrayList<>();
  private final List<ServerAddress> joined = new ArrayList<>();
  private final RecordingScreen screen = new RecordingScreen();
  private final List<String> shown = screen.shown;

  private final Talks.Maker seedOnly =
      new Talks.Maker() {
        @Override
        public Talk seed(ServerAddress server, Talk.Events events) {
          ManualTicker time = new ManualTicker();
          tickers.add(time);
          return new Conversation(
              server, "alice", true, dialer, time, new Backoff(() -> 1), events);
        }

        @Override
        public Talk session(ServerAddress server, boolean orSeed, Talk.Events events) {
          throw new IllegalStateException("no sessions here");
        }
      };

  private static final Protocols ONLY_SEED =
      new Protocols() {
        @Override
        public Choice choice(ServerAddress server) {
          return Choice.SEED;
        }

        @Override
        public void sessionWorks(ServerAddress server) {}

        @Override
        public void seedWorks(ServerAddress server) {}
      };

  private ChatSession session;

  @BeforeEach
  void start() {
    Clock noon = Clock.fixed(Instant.parse("2026-11-23T12:00:00Z"), ZoneOffset.UTC);
    session =
        new ChatSession(
            HERE,
            new Desk("alice", screen, new Completion(new NamesHeard()), noon),
            desk -> seedOnly,
            ONLY_SEED,
            new KnownServers(dir.resolve("known_servers")),
            joined::add);
    session.start();
  }

  private void connect() {
    dialer.last().accept();
    shown.clear();
  }

  @Test
  void showsThatItConnectsAndThatItIsConnected() {
    assertThat(screen.standing.sentence()).isEqualTo("connecting to here:1");
    dialer.last().accept();

    assertThat(screen.standing.sentence()).isNull();
    assertThat(shown).containsExactly("-- connected to here:1 as alice; /help shows the commands");
    assertThat(joined).containsExactly(HERE);
  }

  @Test
  void asksWhetherAServerIsToBeTrustedAndRemembersThat() throws Exception {
    session.typed("early");
    dialer.last().refuse(TlsRoom.unknown(HERE));
    String fingerprint = TlsRoom.unknown(HERE).fingerprint().toString();
    assertThat(shown)
        .containsExactly(
            "-- here:1 is not known here yet, and no authority issued its certificate "
                + fingerprint
                + ".",
            "-- Compare it with the fingerprint that the server prints when it starts.");
    assertThat(screen.standing.sentence()).isEqualTo("trust here:1 from now on? Type yes or no");

    assertThat(session.typed("y")).isEqualTo(Reply.REFUSED);
    assertThat(session.typed("")).isEqualTo(Reply.DONE);
    assertThat(dialer.calls).hasSize(1);
    assertThat(session.typed("yes")).isEqualTo(Reply.DONE);
    assertThat(dir.resolve("known_servers")).hasContent("here:1 " + fingerprint);
    dialer.last().accept();
    session.typed("yes");
    assertThat(dialer.last().sent).containsExactly("early", "yes");
  }

  @Test
  void leavesAServerThatIsNotToBeTrusted() {
    dialer.last().refuse(TlsRoom.unknown(HERE));

    assertThat(session.typed("no")).isEqualTo(Reply.LEAVE);
    assertThat(session.over()).isCompletedWithValue("not connected: here:1 is not trusted");
    assertThat(dir.resolve("known_servers")).doesNotExist();
  }

  @Test
  void canSwitchServersInsteadOfAnswering() {
    dialer.last().refuse(TlsRoom.unknown(HERE));
    session.typed("/server there:2");
    dialer.last().accept();
    session.typed("yes");

    assertThat(dialer.last().server).isEqualTo(new ServerAddress("there", 2));
    assertThat(dialer.last().sent).containsExactly("yes");
    assertThat(dir.resolve("known_servers")).doesNotExist();
  }

  @Test
  void showsMessagesAndMentions() {
    connect();
    dialer.last().listener.received(new ChatMessage("bob", "hello all"));
    dialer.last().listener.received(new ChatMessage("bob", "hello Alice"));

    assertThat(shown).containsExactly("bob: hello all", "!bob: hello Alice");
  }

  @Test
  void showsOwnMessagesAsWaitingUntilTheyAreSent() {
    assertThat(session.typed("early")).isEqualTo(Reply.DONE);
    assertThat(screen.standing.waiting()).containsExactly("early");
    assertThat(shown).isEmpty();
    connect();

    assertThat(screen.standing.waiting()).isEmpty();
    session.typed("now");
    assertThat(shown).containsExactly("said now");
  }

  @Test
  void explainsALostConnection() {
    connect();
    session.typed("last words");
    dialer.last().closed.complete(Ending.BY_SERVER);
    assertThat(screen.standing.sentence())
        .isEqualTo("not connected, retrying in 1 s: the server has ended the connection");
    tickers.get(0).pass(Duration.ofSeconds(1));
    dialer.last().accept();

    assertThat(screen.standing.sentence()).isNull();
    assertThat(shown)
        .containsExactly(
            "said last words",
            "-- connection lost: the server has ended the connection",
            "-- this was sent, but may not have arrived: last words",
            "-- connected again; messages since 12:00:00 may be missing");
  }

  @Test
  void reportsOnceThatAServerEndsEveryConnection() {
    for (int n = 0; n < 6; n++) {
      dialer.last().accept();
      dialer.last().closed.complete(Ending.BY_SERVER);
      tickers.get(0).pass(Duration.ofSeconds(30));
    }
    dialer.last().accept();

    assertThat(screen.standing.sentence())
        .isEqualTo("connected to here:1; earlier connections did not last");
    assertThat(shown)
        .containsExactly(
            "-- connected to here:1 as alice; /help shows the commands",
            "-- connection lost: the server has ended the connection",
            "-- connected again; messages since 12:00:00 may be missing",
            "-- connection lost again soon after it was made: the server has ended the"
                + " connection; the server may be full, refuse the name, or require TLS (--tls)");
    tickers.get(0).pass(Conversation.PROVEN);

    assertThat(screen.standing.sentence()).isNull();
    assertThat(shown)
        .hasSize(5)
        .endsWith("-- connected again; messages since 12:00:00 may be missing");
    dialer.last().closed.complete(Ending.BY_SERVER);
    assertThat(shown).endsWith("-- connection lost: the server has ended the connection");
  }

  @Test
  void namesDoubtfulMessagesAndShortensLongOnes() {
    connect();
    String smile = "\ud83d\ude42";
    session.typed("1\n2\n3\n4\n5\n6\n" + "x".repeat(199) + smile);
    shown.clear();
    dialer.last().closed.complete(Ending.BY_SERVER);

    assertThat(shown)
        .endsWith(
            inDoubt("1"),
            inDoubt("2"),
            inDoubt("3"),
            inDoubt("4"),
            inDoubt("5"),
            inDoubt("6"),
            inDoubt("x".repeat(199) + "… (201 characters)"));
  }

  private static String inDoubt(String text) {
    return "-- this was sent, but may not have arrived: " + text;
  }

  @Test
  void refusesWhatServersDoNotAccept() {
    connect();

    assertThat(session.typed("é".repeat(32_768))).isEqualTo(Reply.DONE);
    assertThat(session.typed("é".repeat(32_768) + "x")).isEqualTo(Reply.REFUSED);
    assertThat(shown).endsWith("-- a message has at most 65536 bytes of UTF-8, and this has 65537");
    assertThat(dialer.last().sent).hasSize(1);
  }

  @Test
  void refusesMoreLinesThanCanWait() {
    String lines = String.join("\n", Collections.nCopies(Outbox.MAX_MESSAGES + 1, "x"));

    assertThat(session.typed(lines)).isEqualTo(Reply.REFUSED);
    assertThat(shown).singleElement().asString().startsWith("-- at most 1000 messages");
  }

  @Test
  void postsNoUnknownCommand() {
    connect();

    assertThat(session.typed("/hlep")).isEqualTo(Reply.REFUSED);
    assertThat(session.typed("//hlep")).isEqualTo(Reply.DONE);
    assertThat(dialer.last().sent).containsExactly("/hlep");
    assertThat(shown)
        .startsWith(
            "-- /hlep is not a command: see /help; to post a line that begins with /, type //");
  }

  @Test
  void helps() {
    session.typed("/help");

    for (Verb verb : Verb.values()) {
      assertThat(shown).anyMatch(line -> line.startsWith("-- " + verb.word()));
    }
  }

  @Test
  void listsTheNamesSeenSoFar() {
    connect();
    session.typed("/names");
    dialer.last().listener.received(new ChatMessage("bob", "hi"));
    dialer.last().listener.received(new ChatMessage("eve", "hi"));
    session.typed("/names");

    assertThat(shown)
        .containsExactly(
            "-- nobody else has posted yet; you are alice",
            "bob: hi",
            "eve: hi",
            "-- posted so far, latest first: eve, bob; you are alice");
  }

  @Test
  void clears() {
    connect();
    session.typed("hello");
    session.typed("/clear");

    assertThat(shown).isEmpty();
  }

  @Test
  void savesInNoFileCalledTilde() throws Exception {
    connect();
    shown.clear();

    assertThat(session.typed("/save ~")).isEqualTo(Reply.REFUSED);
    assertThat(session.typed("/save ~bob/talk")).isEqualTo(Reply.REFUSED);
    assertThat(Path.of("~")).doesNotExist();
    assertThat(shown)
        .containsExactly(
            "-- ~ is a directory, expected a new file",
            "-- cannot save in ~bob/talk: other users' homes are not supported, expected ~/FILE for"
                + " your own, or ./~bob/talk for a file of that name");
  }

  @Test
  void savesTheConversationButOverNothing() throws Exception {
    connect();
    session.typed("hello");
    dialer.last().listener.received(new ChatMessage("bob", "hi"));
    Path file = dir.resolve("talk");
    shown.clear();

    assertThat(session.typed("/save " + file)).isEqualTo(Reply.DONE);
    assertThat(Files.readAllLines(file))
        .containsExactly("2026-11-23 12:00:00 alice:    hello", "2026-11-23 12:00:00 bob:    hi");
    assertThat(session.typed("/save " + file)).isEqualTo(Reply.REFUSED);
    assertThat(session.typed("/save " + dir.resolve("no/where"))).isEqualTo(Reply.REFUSED);
    assertThat(shown)
        .containsExactly(
            "-- saved 2 messages in " + file,
            "-- " + file + " exists already, and is not overwritten: expected a new file",
            "-- cannot save in " + dir.resolve("no/where") + ": there is no such directory");
  }

  @Test
  void movesToAnotherServer() {
    session.typed("for whom?");
    assertThat(session.typed("/server there:2")).isEqualTo(Reply.DONE);
    dialer.last().accept();

    assertThat(dialer.last().server).isEqualTo(new ServerAddress("there", 2));
    assertThat(shown)
        .containsExactly(
            "-- waiting messages will be sent to there:2",
            "-- connected to there:2 as alice; /help shows the commands",
            "said for whom?");
    assertThat(session.typed("/server a:b")).isEqualTo(Reply.REFUSED);
  }

  @Test
  void leaves() {
    connect();
    assertThat(session.typed("/quit")).isEqualTo(Reply.LEAVE);
    var farewell = session.leave();
    dialer.last().closed.complete(Ending.BY_US);

    assertThat(farewell).isCompleted();
    assertThat(screen.standing.sentence()).isEqualTo("leaving");
  }
}
