package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.cli.SessionScript.Link;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code send} and {@code listen} in sessions with a server that follows a script. */
class SessionCommandsTest {

  private static final String IN_SESSION = "--protocol=session";
  private static final String JOINED =
      "{'type':'joined',%s'room':'lobby','epoch':'%s','seq':%d,'first':%d,'count':1,"
          + "'role':'member'%s}";

  @TempDir Path dir;

  private final SessionScript script = new SessionScript();

  @AfterEach
  void close() {
    script.close();
  }

  @Test
  void aPostWithoutAnAckIsResentWithItsId() throws Exception {
    CommandRun send = run("send", script.address(), "--name=ci", "--message=a", "--message=b");
    JsonNode first;
    JsonNode second;
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      join(link);
      first = link.hear("post");
      second = link.hear("post");
      link.say(ack(first, 1));
    }
    try (Link link = script.accept()) {
      JsonNode hello = link.hear("hello");
      assertThat(hello.get("rooms").get(0).get("after").get("seq").asInt()).isEqualTo(1);
      link.welcome();
      link.say(JOINED.formatted("", "e1", 1, 1, ",'resume':'complete'"));
      JsonNode again = link.hear("post");
      assertThat(again).isEqualTo(second);
      link.say(ack(again, 2));
      link.hear("bye");
    }

    assertThat(send.exitCode()).as(send.err()).isZero();
    assertThat(send.err() + send.out()).isEmpty();
  }

  @Test
  void usesTheRoomOfTheSeedsProgramsByDefault() throws Exception {
    CommandRun send = run("send", script.address(), "--name=ci", "--message=a");
    try (Link link = script.accept()) {
      assertThat(link.hear("hello").has("rooms")).isFalse();
      link.welcome("hall");
      JsonNode join = link.hear("join");
      assertThat(join.get("room").asString()).isEqualTo("hall");
      link.say(joined(join, 0, 1, ""));
      JsonNode post = link.hear("post");
      assertThat(post.get("room").asString()).isEqualTo("hall");
      link.say(ack(post, 1).replace("'lobby'", "'hall'"));
      link.hear("bye");
    }
    assertThat(send.exitCode()).as(send.err()).isZero();

    CommandRun listen = run("listen", script.address(), "--last=1", "--count=1", "--no-color");
    try (Link link = script.accept()) {
      assertThat(link.hear("hello").has("rooms")).isFalse();
      link.welcome("hall");
      JsonNode join = link.hear("join");
      assertThat(join.get("room").asString()).isEqualTo("hall");
      assertThat(join.get("last").asInt()).isEqualTo(1);
      link.say(joined(join, 1, 1, ""), message(1, 1, "hi").replace("'lobby'", "'hall'"));
      link.hear("bye");
    }
    assertThat(listen.exitCode()).as(listen.err()).isZero();
    assertThat(listen.out()).isEqualTo("bob:    hi\n");
  }

  @Test
  void namesWhatTheServerRefuses() throws Exception {
    CommandRun send = run("send", script.address(), "--name=ci", "--id=x", "--message=a");
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      join(link);
      JsonNode post = link.hear("post");
      assertThat(post.get("id").asString()).isEqualTo("x-1");
      link.say("{'type':'error','id':'x-1','code':'muted','do':'ask','text':'Not here.'}");
      link.hear("bye");
    }

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .isEqualToIgnoringNewLines("the server refused this message, \"Not here.\": a");
  }

  @Test
  void privateMessagesNeedAServerThatHasThem() throws Exception {
    CommandRun send = run("send", script.address(), "--name=ci", "--to=bob", "--message=a");
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      link.hear("bye");
    }

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .isEqualToIgnoringNewLines(
            "--to needs a server with private messages, and this one has none: use --room");
  }

  @Test
  void aGapIsALineOfItsOwn() throws Exception {
    for (boolean json : new boolean[] {false, true}) {
      String form = json ? "--json" : "--no-color";
      CommandRun listen = run("listen", script.address(), "--after=e1:4", "--count=1", form);
      try (Link link = script.accept()) {
        link.hear("hello");
        link.welcome();
        link.say(
            joined(link.hear("join"), 8, 8, ",'resume':'gap'"),
            "{'type':'gap','room':'lobby','from':5,'to':7,'why':'retention'}",
            "{'type':'message','room':'lobby','seq':8,'at':1790000000000,'from':'bob',"
                + "'text':'hi'}");
        link.hear("bye");
      }

      assertThat(listen.exitCode()).as(listen.err()).isZero();
      assertThat(listen.out().lines())
          .containsExactly(
              json
                  ? "{\"gap\":\"retention\",\"from\":5,\"to\":7,\"room\":\"lobby\",\"epoch\":\"e1\"}"
                  : "-- gap in lobby: the server no longer keeps them; 5 to 7 are missing",
              json
                  ? "{\"name\":\"bob\",\"text\":\"hi\",\"at\":\"2026-09-21T14:13:20.000Z\","
                      + "\"room\":\"lobby\",\"seq\":8,\"epoch\":\"e1\"}"
                  : "bob:    hi");
    }
  }

  @Test
  void marksNamesAtATerminalOrIfAskedAndNotInAPipe() throws Exception {
    String[] shown = {
      hears(new CommandRun(), "--no-color"),
      hears(new CommandRun(), "--no-color", "--marks"),
      hears(new CommandRun().atTerminal(), "--no-color")
    };

    assertThat(shown[0].lines()).containsExactly("bob:    a", "bob:    b");
    assertThat(shown[1].lines()).containsExactly("?bob:    a", "bob:    b");
    assertThat(shown[2]).isEqualTo(shown[1]);
  }

  /** The output of listen for a message of an unproven name and one of an owner. */
  private String hears(CommandRun run, String... options) throws Exception {
    List<String> args =
        new ArrayList<>(List.of("listen", script.address(), "--count=2", IN_SESSION));
    args.addAll(List.of(options));
    CommandRun listen =
        run.with("XDG_CONFIG_HOME", dir.toString()).start(args.toArray(String[]::new));
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcomeWithOwners();
      String owned = message(2, 1, "b").replace("'text'", "'owned':true,'text'");
      link.say(joined(link.hear("join"), 0, 1, ""), message(1, 1, "a"), owned);
      link.hear("bye");
    }
    assertThat(listen.exitCode()).as(listen.err()).isZero();
    return listen.out();
  }

  @Test
  void reportsDeletionsInJson() throws Exception {
    for (boolean json : new boolean[] {false, true}) {
      String form = json ? "--json" : "--no-color";
      CommandRun listen =
          run("listen", script.address(), "--after=e1:2", "--match=hi", "--count=1", form);
      try (Link link = script.accept()) {
        link.hear("hello");
        link.welcome();
        link.say(
            joined(link.hear("join"), 5, 1, ",'resume':'complete'"),
            "{'type':'message','room':'lobby','seq':3,'at':1,'from':'bob','deleted':true}",
            "{'type':'event','room':'lobby','seq':4,'at':1790000000000,'kind':'deleted','by':'al\\u001b',"
                + "'target':2}",
            message(5, 1, "hi"));
        link.hear("bye");
      }

      assertThat(listen.exitCode()).as(listen.err()).isZero();
      assertThat(listen.out().lines())
          .startsWith(
              json
                  ? "{\"deleted\":2,\"by\":\"al\\u001B\",\"at\":\"2026-09-21T14:13:20.000Z\","
                      + "\"room\":\"lobby\",\"seq\":4,\"epoch\":\"e1\"}"
                  : "bob:    hi")
          .hasSize(json ? 2 : 1);
    }
  }

  @Test
  void sinceBeginsAtATimeAndReportsWhatIsNotKept() throws Exception {
    CommandRun listen = run("listen", script.address(), "--since=1h", "--count=1");
    long now = System.currentTimeMillis();
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      link.say(
          joined(link.hear("join"), 9, 8, ""),
          message(8, now - 7_200_000, "old"),
          message(9, now - 60_000, "new"));
      link.hear("bye");
    }
    assertThat(listen.exitCode()).isZero();
    assertThat(listen.out().lines()).containsExactly("bob:    new");

    CommandRun more = run("listen", script.address(), "--since=1h", "--count=1");
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      link.say(joined(link.hear("join"), 8, 8, ""), message(8, now - 60_000, "new"));
      link.hear("bye");
    }
    assertThat(more.exitCode()).isZero();
    assertThat(more.out().lines())
        .containsExactly(
            "-- gap in lobby: the server no longer keeps them; 1 to 7 are missing", "bob:    new");
  }

  @Test
  void withoutAnOptionThatNeedsASessionItEndsWithTheConnection() throws Exception {
    CommandRun listen = runAsItIs("listen", script.address());
    try (Link link = script.accept()) {
      link.hear("hello");
      link.welcome();
      link.say(joined(link.hear("join"), 0, 1, ""), message(1, 1, "hi"));
      listen.awaitOut("bob:    hi\n");
    }

    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.err()).isEqualToIgnoringNewLines("connection is gone");
  }

  @Test
  void theFallBackCostsOneConnectionOnce() throws Exception {
    try (Peer peer = new Peer()) {
      String address = peer.address().toString();
      CommandRun first = run("send", address, "--name=ci", "--message=one");
      try (Member member = peer.accept("ci")) { // after it has refused a session
        assertThat(member.read()).isEqualTo("one");
        assertThat(member.atEnd()).isTrue();
      }
      assertThat(first.exitCode()).isZero();
      assertThat(Files.readString(dir.resolve("chatroom/seed_servers")))
          .contains("tcp " + address + " ");

      CommandRun second = run("send", address, "--name=ci", "--message=two");
      try (Member member = peer.accept()) {
        assertThat(member.read()).isEqualTo("ci");
        assertThat(member.read()).isEqualTo("two");
        assertThat(member.atEnd()).isTrue();
      }
      assertThat(second.exitCode()).isZero();

      CommandRun room = run("send", address, "--name=ci", "--room=tea", "--message=two");
      peer.accept().close();
      assertThat(room.exitCode()).isEqualTo(1);
      assertThat(room.err())
          .startsWith("--room needs a session: " + address + " ended the connection");
    }
  }

  @Test
  void aServerThatKeepsSilentSpeaksTheSeedsProtocol() throws Exception {
    try (Peer peer = new Peer()) {
      CommandRun send = run("send", peer.address() + "", "--name=ci", "--message=one");
      try (Member silent = peer.accept();
          Member member = peer.accept()) {
        assertThat(member.read()).isEqualTo("ci");
        assertThat(silent.atEnd()).isFalse();
        assertThat(member.read()).isEqualTo("one");
        assertThat(member.atEnd()).isTrue();
      }
      assertThat(send.exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "send --protocol=seed --room x|--room needs a session, which --protocol seed excludes: leave"
            + " out one of them",
        "send --room x --to y|--room and --to exclude each other, give one of them",
        "send --room x/y|--room: room is",
        "listen --last=0|--last: expected 1 or more, but it is 0",
        "listen --last=1 --since=1h|--last, --since and --after exclude each other",
        "listen --since=1|--since is \"1\", expected a time like",
        "listen --after 5|--after is \"5\", expected EPOCH:SEQ as in k3Qz9:41",
        "listen --room a --room b --after e:1|--after is a position in one room",
      })
  void refusesContradictoryOptions(String options, String sentence) throws Exception {
    CommandRun run = run((options + " localhost:1 --name ci").split(" ", -1));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith(sentence);
  }

  /**
   * A script that is slow to answer, as the machine is busy, is a server of sessions all the same.
   */
  private CommandRun run(String... args) {
    return List.of(args).contains(script.address())
        ? runAsItIs(Stream.concat(Stream.of(args), Stream.of(IN_SESSION)).toArray(String[]::new))
        : runAsItIs(args);
  }

  private CommandRun runAsItIs(String... args) {
    return new CommandRun().with("XDG_CONFIG_HOME", dir.toString()).start(args);
  }

  private static void join(Link link) throws Exception {
    link.say(joined(link.hear("join"), 0, 1, ""));
  }

  private static String joined(JsonNode join, long seq, long first, String more) {
    String q = "'q':'" + join.get("q").asString() + "',";
    String room = join.get("room").asString();
    return JOINED.formatted(q, "e1", seq, first, more).replace("'lobby'", "'" + room + "'");
  }

  private static String ack(JsonNode post, long seq) {
    return "{'type':'ack','id':'"
        + post.get("id").asString()
        + "','room':'lobby','seq':"
        + seq
        + ",'at':1}";
  }

  private static String message(long seq, long at, String text) {
    return "{'type':'message','room':'lobby','seq':%d,'at':%d,'from':'bob','text':'%s'}"
        .formatted(seq, at, text);
  }
}
