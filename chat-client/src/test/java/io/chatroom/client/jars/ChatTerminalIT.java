package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.HostileStrings;
import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import io.chatroom.client.SessionPeer;
import io.chatroom.client.jars.Tmux.Pane;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code chat} as a person uses it: in a real terminal, key by key. */
class ChatTerminalIT {

  /** With the mark of a name that nobody has shown to be theirs, where names can be somebody's. */
  private static final String TIME = "\\d\\d:\\d\\d \\??";

  /** Everything that a program can leave changed in a terminal, as far as tmux tells it. */
  private static final String STATE =
      "#{pane_title} #{alternate_on} #{cursor_flag} #{insert_flag} #{keypad_cursor_flag}"
          + " #{keypad_flag} #{mouse_any_flag} #{origin_flag} #{wrap_flag}"
          + " #{scroll_region_upper}-#{scroll_region_lower} #{cursor_x}";

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  private RunningProgram server() {
    return programs.server("--port", "0", "--host", "127.0.0.1");
  }

  /** The command that starts chat with a configuration of its own. */
  private String[] chat(String home, String... arguments) {
    return chatOn(QuickJava.OURS, home, arguments);
  }

  private String[] chatOn(String java, String home, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "XDG_CONFIG_HOME=" + dir.resolve(home),
                "XDG_STATE_HOME=" + dir.resolve(home)));
    command.addAll(QuickJava.command(java, Programs.CLIENT_JAR));
    command.addAll(List.of("--config", dir.resolve(home + ".json").toString()));
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  /** A window whose member the server knows: it hears what is said from now on. */
  private Pane join(String name, RunningProgram server, int port) {
    Pane pane = tmux.start(chat(name, "--name", name, "127.0.0.1:" + port));
    pane.awaitRow(TIME + "-- connected to .*");
    server.awaitLine(".*, user: " + name);
    return pane;
  }

  private void say(int port, String name, String text) {
    RunningProgram send =
        programs.client("send", "127.0.0.1:" + port, "--name", name, "--message", text);
    assertThat(send.awaitExit()).isZero();
  }

  @Test
  void twoWindowsAndTheSeedsListenerHaveAConversationOnOurServer() {
    RunningProgram server = server();
    int port = Programs.port(server);
    RunningProgram listener = programs.start(new SeedPrograms(dir).listener(port));

    haveAConversation(server, port, listener);
  }

  @Test
  void twoWindowsAndTheSeedsListenerHaveAConversationOnTheirServer() {
    SeedPrograms seed = new SeedPrograms(dir);
    int port = SeedPrograms.freePort();
    RunningProgram server = programs.start(seed.server(port));
    RunningProgram listener = programs.start(seed.listener(port));

    haveAConversation(server, port, listener);
    assertThat(dir.resolve("alice/chatroom/seed_servers"))
        .as("so that the next time costs no connection")
        .content()
        .contains("tcp 127.0.0.1:" + port + " ");
  }

  private void haveAConversation(RunningProgram server, int port, RunningProgram listener) {
    server.awaitLine(".*, user: msg_screen");
    Pane alice = join("alice", server, port);
    Pane bob = join("bob", server, port);
    alice.enter("is anybody here?");
    bob.awaitRow(TIME + "alice: is anybody here\\?");
    bob.enter("me, Alice; 你好 🙂");
    alice.awaitRow(TIME + "bob: me, Alice; 你好 🙂");
    alice.key("C-d").awaitExit(0);
    bob.enter("and now?").awaitRow(TIME + "bob: and now\\?");
    bob.enter("/quit").awaitExit(0);

    listener.awaitLine("bob: {4}and now\\?");
    assertThat(listener.out())
        .containsExactly(
            "alice:    is anybody here?", "bob:    me, Alice; 你好 🙂", "bob:    and now?");
    assertThat(alice.screen())
        .filteredOn(row -> row.matches(TIME + "(alice|bob):.*"))
        .as("our own words too, each once, in order")
        .extracting(row -> row.replaceFirst(TIME, ""))
        .containsExactly("alice: is anybody here?", "bob: me, Alice; 你好 🙂");
  }

  @Test
  void aServerThatSignsForItselfIsAskedAboutOnceAndRefusedLoudlyWithAnotherKey()
      throws IOException {
    String keys = dir.resolve("keys").toString();
    RunningProgram server =
        programs.server(
            "--port", "0", "--host", "127.0.0.1", "--tls-self-signed", keys, "--tls-only");
    String fingerprint =
        server.awaitLine("TLS with the certificate (SHA256:[A-Za-z0-9+/]{43})").group(1);
    int port = Programs.port(server);
    String[] chat = chat("alice", "--name", "alice", "--tls", "127.0.0.1:" + port);
    Pane alice = tmux.start(chat);
    List<String> asked = alice.awaitRow("-- trust 127\\.0\\.0\\.1:" + port + " from now on\\? .*");
    assertThat(String.join("", asked)).contains(fingerprint);
    alice.enter("yes").awaitRow(TIME + "-- connected to .*");
    server.awaitLine(".*, user: alice");
    alice.enter("nobody listens in").awaitRow(TIME + "alice: nobody listens in");
    server.signal("KILL").awaitExit();
    alice.awaitRow("-- not connected, .*");

    Files.delete(dir.resolve("keys/self-signed.pem"));
    RunningProgram other =
        programs.server("--port", "" + port, "--host", "127.0.0.1", "--tls-self-signed", keys);
    alice.awaitExit(1);
    assertThat(String.join("", alice.screen()))
        .contains("WARNING: 127.0.0.1:" + port)
        .contains("it was " + fingerprint);
    assertThat(other.out()).noneMatch(line -> line.contains("user: alice"));
  }

  @Test
  void whatIsBeingTypedStaysWholeWhileMessagesArriveAndTheWindowChanges() {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane alice = join("alice", server, port);
    RunningProgram bob = programs.client("send", "127.0.0.1:" + port, "--name", "bob");
    String typed = "a long line ";
    alice.type(typed);
    for (int n = 0; n < 100; n++) {
      bob.type("message " + n);
      if (n % 10 == 0) {
        alice.type("" + n / 10);
        typed += n / 10;
      }
    }
    alice.awaitRow(TIME + "bob: message 99");
    List<String> rows = alice.awaitLine(typed);
    assertThat(withoutPresence(rows.subList(0, rows.size() - 1)))
        .extracting(row -> row.replaceFirst(TIME, ""))
        .endsWith("bob: message 97", "bob: message 98", "bob: message 99");

    alice.resize(30, 12);
    alice.type(", and on and on");
    alice.await(wrapped(typed + ", and on and on", 30));
    bob.type("in a narrow window");
    alice.awaitRow(TIME + "bob: in a narrow window");
    alice.await(wrapped(typed + ", and on and on", 30));
    alice.resize(100, 30);
    alice.awaitLine(typed + ", and on and on");
    bob.type("in a wide one");
    alice.awaitRow(TIME + "bob: in a wide one");
    alice.awaitLine(typed + ", and on and on");
    alice.key("Enter").awaitRow(TIME + "alice: " + typed + ", and on and on");
    alice.awaitLine("");
    bob.endInput();
  }

  /** Who came and left is told later, and not at all when it was one moment. */
  private static List<String> withoutPresence(List<String> rows) {
    return rows.stream().filter(row -> !row.matches(TIME + "-- .* (joined|left)")).toList();
  }

  private static Predicate<List<String>> wrapped(String typed, int columns) {
    String line = "> " + typed;
    return rows ->
        rows.size() >= 2
            && rows.get(rows.size() - 2).equals(line.substring(0, columns).stripTrailing())
            && rows.get(rows.size() - 1).equals(line.substring(columns));
  }

  @Test
  void aServerThatIsKilledAndStartedAgainMidSentenceLosesNothingThatWasTyped() {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane alice = join("alice", server, port);
    alice.type("first ha");
    server.signal("KILL").awaitExit();
    alice.awaitRow(
        "-- not connected, retrying in \\d+ s: 127\\.0\\.0\\.1:"
            + port
            + " refused the connection.*");
    alice.enter("lf and second").enter("more").type("unfinis");
    List<String> rows = alice.awaitLine("unfinis");
    assertThat(rows)
        .as("marked until they have gone")
        .endsWith("   … first half and second", "   … more", "> unfinis");

    RunningProgram again =
        programs.server("--port", "" + port, "--host", "127.0.0.1", "--transcript");
    again.awaitLine(".*, user: alice");
    again.awaitLine(".*---alice: {4}first half and second");
    again.awaitLine(".*---alice: {4}more");
    alice.awaitRow(TIME + "alice: more");
    alice.type("hed");
    rows = alice.awaitLine("unfinished");
    assertThat(rows).noneMatch(row -> row.startsWith("   … ") || row.startsWith("-- "));
    assertThat(rows)
        .as("it has lost what it kept in memory, and nothing else is missing")
        .anyMatch(row -> row.matches(TIME + "-- connected again"))
        .anyMatch(
            row -> row.matches(TIME + "-- gap: the server has replaced the history of this room"))
        .noneMatch(row -> row.contains("missing"));
    alice.key("Enter");
    again.awaitLine(".*---alice: {4}unfinished");
    assertThat(again.out()).filteredOn(line -> line.contains("---alice")).hasSize(3);
  }

  @Test
  void whatIsSaidStandsBelowUntilTheServerHasItAndOtherRoomsAreCounted() {
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1", "--transcript");
    int port = Programs.port(server);
    say(port, "eve", "said before");
    Pane alice = join("alice", server, port);
    alice.awaitRow(TIME + "eve: said before");
    server.signal("STOP");
    alice.enter("hello?");
    assertThat(alice.awaitRow("   … hello\\?")).noneMatch(row -> row.matches(TIME + "alice: .*"));
    alice.awaitRow("-- the server has not acknowledged this yet");
    server.signal("CONT");
    alice.awaitRow(TIME + "alice: hello\\?");
    alice.await(rows -> rows.stream().noneMatch(row -> row.matches(".*….*|-- .*")));

    alice.enter("/join dev").awaitRow("─+ dev ─+");
    say(port, "bob", "tea, alice?");
    alice.awaitRow("-- unread: Alt-1 lobby 1 \\(your name\\)");
    alice.type("half a li").awaitRow("dev> half a li");
    alice.key("M-1").awaitRow("lobby> half a li");
    assertThat(withoutPresence(alice.awaitRow(TIME + "bob: tea, alice\\?")))
        .extracting(row -> row.replaceFirst(TIME, ""))
        .endsWith(
            "eve: said before",
            "alice: hello?",
            "──────── 1 unread ────────",
            "bob: tea, alice?",
            "lobby> half a li");
    alice.key("C-c").awaitRow("lobby>");
    alice.type("/room d").key("Tab").awaitRow("lobby> /room dev");
    alice.key("Enter").awaitRow("dev>");
    server.awaitLine(".*---alice: {4}hello\\?");
    assertThat(server.out()).filteredOn(line -> line.contains("---alice")).hasSize(1);
  }

  @Test
  void aGapIsShownWhereItIsAndMovesNoCursor() throws IOException {
    try (SessionPeer peer = new SessionPeer(false)) {
      Pane alice = tmux.start(chat("a", "--name", "alice", "" + peer.address()));
      try (SessionPeer.Link link = peer.accept()) {
        link.hear(FromClient.Hello.class);
        link.say(
            SessionPeer.welcome(30),
            SessionPeer.joined("e1", 0, null),
            SessionPeer.message(1, "one"),
            new FromServer.Gap(SessionPeer.LOBBY, 2, 41, FromServer.Gap.LAGGED),
            new FromServer.Event(
                SessionPeer.LOBBY,
                42,
                1,
                FromServer.Event.TOPIC,
                "b\u001bb",
                null,
                null,
                "\u001b[2J"),
            SessionPeer.message(43, "the end"));
        alice.awaitRow(TIME + "bob: the end");
        List<String> rows = alice.awaitLine("");

        assertThat(rows.subList(rows.size() - 5, rows.size() - 1))
            .extracting(row -> row.replaceFirst(TIME, ""))
            .containsExactly(
                "bob: one",
                "-- gap: messages 2 to 41 are missing: this client was too slow",
                "-- b\\x1bb set the topic: \\x1b[2J",
                "bob: the end");
      }
    }
  }

  @Test
  void aServerWhoseAddressChangesIsFoundAgain() throws IOException {
    Path hosts = Files.writeString(dir.resolve("hosts"), "127.0.0.1 chat.test\n");
    RunningProgram first = server();
    int port = Programs.port(first);
    List<String> command =
        new ArrayList<>(
            List.of(
                chat("alice", "--name", "alice", "--protocol", "session", "chat.test:" + port)));
    command.add(command.indexOf("-jar"), "-Djdk.net.hosts.file=" + hosts);
    Pane alice = tmux.start(command.toArray(String[]::new));
    alice.awaitRow(TIME + "-- connected to .*");
    first.signal("KILL").awaitExit();
    alice.awaitRow("-- not connected, retrying .* s: chat\\.test:" + port + " .*");

    Files.writeString(hosts, "127.0.0.2 chat.test\n");
    RunningProgram second = programs.server("--port", "" + port, "--host", "127.0.0.2");
    second.awaitLine("127\\.0\\.0\\.\\d:\\d+, user: alice");
    alice.awaitRow(TIME + "-- connected again");
  }

  @Test
  void whatStrangersSayLeavesTheTerminalAsItWas() throws IOException {
    int columns = 200;
    try (Peer peer = new Peer()) {
      Pane alice =
          tmux.start(chat("alice", "--name", "alice", "--bell", "off", peer.address().toString()));
      alice.resize(columns, 50);
      try (Member member = peer.accept("alice")) {
        alice.awaitRow(TIME + "-- connected to .*");
        alice.type("half a li").awaitLine("half a li");
        String before = alice.state(STATE);
        assertThat(before).as("the state is told").doesNotContain("#{").contains(" 0-49 ");
        for (String hostile : HostileStrings.all().values()) {
          member.relay(hostile, "as a name");
          member.relay("mallory", hostile);
        }
        member.relay("mallory", "the end");
        alice.awaitRow(TIME + "mallory: the end");
        alice.type("ne");
        List<String> rows = alice.awaitLine("half a line");

        assertThat(alice.state(STATE.replace(" #{cursor_x}", "")))
            .isEqualTo(before.replaceFirst(" \\d+$", ""));
        assertThat(alice.state("#{cursor_x}")).isEqualTo("13");
        assertThat(alice.state("#{buffer_size}")).as("the clipboard").isEmpty();
        assertThat(rows.subList(0, rows.size() - 1))
            .as("every row is a message of its own, or the rest of one that is wrapped")
            .allMatch(row -> row.matches(TIME + ".*") || !row.contains("forged"));
        alice.key("Enter").awaitRow(TIME + "alice: half a line");
        assertThat(member.read()).as("nothing but what was typed").isEqualTo("half a line");
      }
    }
  }

  @Test
  void controlCClearsTheLineAndLeavesFromAnEmptyOne() {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane alice = join("alice", server, port);
    alice.type("never mind").awaitLine("never mind");
    alice.key("C-c").awaitLine("");
    alice.type("as fast as one can type").key("C-c");
    alice.enter("still here").awaitRow(TIME + "alice: still here");
    alice.awaitLine("");
    alice.key("C-c").awaitExit(0);
    assertThat(alice.screen()).noneMatch(row -> row.matches(".*(never mind|as fast).*"));
  }

  @Test
  void controlZStopsItAndItComesBackWithTheScreenIntact() {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane alice = tmux.startInShell(chat("alice", "--name", "alice", "127.0.0.1:" + port));
    server.awaitLine(".*, user: alice");
    alice.awaitRow(TIME + "-- connected to .*");
    alice.type("stop he").awaitLine("stop he");
    alice.key("C-z");
    alice.await(rows -> !rows.isEmpty() && rows.get(rows.size() - 1).equals("$"));
    alice.enter("stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo");
    alice.awaitRow("icanon");
    alice.awaitRow("echo");
    say(port, "bob", "said meanwhile");
    assertThat(alice.screen()).noneMatch(row -> row.contains("meanwhile"));
    alice.enter("fg");
    alice.awaitRow(TIME + "bob: said meanwhile");
    List<String> rows = withoutPresence(alice.awaitLine("stop he"));
    assertThat(rows.get(rows.size() - 2)).endsWith("bob: said meanwhile");
    alice.enter("re").awaitRow(TIME + "alice: stop here");
    alice.awaitLine("");
    alice.key("C-d");
    alice.await(all -> all.get(all.size() - 1).equals("$"));
    alice.enter("stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon | sed s/^/again-/");
    alice.awaitRow("again-icanon");
  }

  @Test
  void asksForTheNameOnceAndRemembersItWithTheServerAndWhatWasTyped() throws IOException {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane first = tmux.start(chat("home", "127.0.0.1:" + port));
    first.awaitRow("Your name in the room \\[.+]:");
    first.enter("alice");
    first.awaitRow(TIME + "-- connected to .* as alice; .*");
    first.enter("remember this").awaitRow(TIME + "alice: remember this");
    first.awaitLine("");
    first.key("C-d").awaitExit(0);

    Pane second = tmux.start(chat("home"));
    second.awaitRow(TIME + "-- connected to 127\\.0\\.0\\.1:" + port + " as alice; .*");
    second.key("Up").awaitLine("remember this");
    second.key("Up").awaitLine("remember this");
    second.key("C-c").awaitLine("");
    second.key("C-c").awaitExit(0);
    Path history = dir.resolve("home/chatroom/history");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
        .isEqualTo("rw-------");
    assertThat(history).hasContent("remember this");
    assertThat(dir.resolve("home.json"))
        .hasContent(
            "{\"server\":\"127.0.0.1:"
                + port
                + "\",\"name\":\"alice\",\"bell\":\"mention\",\"color\":true}");
  }

  @Test
  void whereNothingCanBeKeptOneIsToldOnceAndCanTalk() throws IOException {
    RunningProgram server = server();
    Files.writeString(dir.resolve("alice"), "a file, where a directory should be");
    Pane alice = join("alice", server, Programs.port(server));
    alice.enter("one").awaitRow(TIME + "alice: one");
    alice.enter("two").awaitRow(TIME + "alice: two");

    List<String> rows = alice.key("Up").awaitLine("two");
    assertThat(rows.stream().filter(row -> row.contains("cannot keep the input history")))
        .hasSize(1);
    assertThat(rows).noneMatch(row -> row.contains("at org.jline"));
    alice.key("C-c").awaitLine("");
    alice.key("C-d").awaitExit(0);
  }

  @Test
  void editsPastesAndCompletesALine() throws IOException {
    try (Peer peer = new Peer()) {
      Pane alice = tmux.start(chat("alice", "--name", "alice", peer.address().toString()));
      try (Member member = peer.accept("alice")) {
        alice.awaitRow(TIME + "-- connected to .*");

        // Wide characters, an emoji and a letter of two parts: the cursor is where it seems to be.
        alice.type("你好🙂e\u0301x").awaitLine("你好🙂e\u0301x");
        assertThat(alice.state("#{cursor_x}")).isEqualTo("10");
        alice.key("Left", "Left", "Left").type("!").awaitLine("你好!🙂e\u0301x");
        alice.key("End", "BSpace", "Enter").awaitRow(TIME + "alice: 你好!🙂e\u0301");
        assertThat(member.read()).isEqualTo("你好!🙂e\u0301");

        // Each pasted line is a message, and none goes before Enter.
        alice.paste("one\ntwo\n\n//three").awaitRow("> one");
        alice.key("Enter").awaitRow(TIME + "alice: /three");
        assertThat(List.of(member.read(), member.read(), member.read()))
            .containsExactly("one", "two", "/three");

        // What cannot be said stays in the line, if that has room.
        alice.awaitLine("");
        alice.enter("/hlep").awaitRow(TIME + "-- /hlep is not a command: .*");
        alice.awaitLine("/hlep");
        alice.key("C-c").awaitLine("");
        alice.paste("x".repeat(65_537)).key("Enter");
        alice.awaitRow(TIME + "-- a message has at most 65536 bytes of UTF-8, and this has 65537");
        alice.awaitRow(TIME + "-- your text is too long for this window; .*");
        alice.awaitLine("");
        alice.key("Up", "BSpace", "Enter");
        assertThat(member.read()).isEqualTo("x".repeat(65_536));
        alice.awaitLine("");

        // Names that were heard, and commands.
        member.relay("benedict", "hello alice");
        alice.awaitRow(TIME + "benedict: hello alice");
        alice.type("thanks ben").key("Tab").awaitLine("thanks benedict");
        alice.key("C-c").awaitLine("");
        alice.type("/na").key("Tab").awaitLine("/names");
        alice.key("Enter");
        alice.awaitRow(TIME + "-- posted so far, latest first: benedict; you are alice");
        alice.awaitLine("");

        // A divider once another window was looked at. That the terminal's report of it was read
        // cannot be seen, and a message may come before it.
        alice.type("\u001b[O");
        Predicate<String> divider = row -> row.matches("─+ \\d\\d:\\d\\d while you were away ─+");
        List<String> rows = List.of();
        for (int asked = 1; asked <= 100 && rows.stream().noneMatch(divider); asked++) {
          member.relay("benedict", "are you there? " + asked);
          rows = alice.awaitRow(TIME + "benedict: are you there\\? " + asked);
        }
        assertThat(rows).anyMatch(divider);

        alice.enter("/clear").await(all -> all.equals(List.of(">")));
        assertThat(alice.styledScreen()).doesNotContain("benedict");
      }
    }
  }

  @Test
  void hasColoursUnlessSomebodySaysNo() {
    RunningProgram server = server();
    int port = Programs.port(server);
    Pane colourful = join("alice", server, port);
    Pane plain = tmux.start(chat("b", "--name", "bob", "--no-color", "127.0.0.1:" + port));
    List<String> command = new ArrayList<>(List.of(chat("c", "--name", "c", "127.0.0.1:" + port)));
    command.add(1, "NO_COLOR=1");
    Pane refused = tmux.start(command.toArray(String[]::new));
    server.awaitLine(".*, user: bob");
    server.awaitLine(".*, user: c");
    say(port, "eve", "red, green, magenta or cyan");
    for (Pane pane : List.of(colourful, plain, refused)) {
      pane.awaitRow(TIME + "eve: red.*");
    }

    assertThat(colourful.styledScreen()).containsPattern("\u001b\\[3[1256]m\\?eve");
    assertThat(plain.styledScreen()).contains("eve").doesNotContain("\u001b[");
    assertThat(refused.styledScreen()).contains("eve").doesNotContain("\u001b[");
  }

  @Test
  void aDumbTerminalGetsPlainLines() {
    RunningProgram server = server();
    int port = Programs.port(server);
    List<String> command = new ArrayList<>(List.of(chat("a", "127.0.0.1:" + port)));
    command.add(1, "TERM=dumb");
    Pane alice = tmux.start(command.toArray(String[]::new));
    alice.awaitRow("Your name in the room \\[.+]:");
    alice.enter("alice").awaitRow(TIME + "-- connected to .*");
    server.awaitLine(".*, user: alice");
    say(port, "bob", "plain\u001b[2J");
    alice.awaitRow(TIME + "bob: plain\\\\x1b\\[2J");
    alice.enter("me too").enter("/names");
    alice.awaitRow(TIME + "-- posted so far, latest first: bob; you are alice");
    alice.key("C-d").awaitExit(0);
  }

  @ParameterizedTest
  @MethodSource("io.chatroom.client.jars.JarsIT#javas")
  void showsNothingButItsOwnLinesOnEveryJava(String java) {
    RunningProgram server = server();
    String address = "127.0.0.1:" + Programs.port(server);
    Pane alice = tmux.start(chatOn(java, "a", "--name", "alice", address));
    alice.awaitRow(TIME + "-- connected to .*");
    alice.enter("hello").awaitRow(TIME + "alice: hello");
    List<String> rows = alice.awaitLine("");

    assertThat(rows).as("no warnings of the JVM").hasSize(3);
    alice.key("C-d").awaitExit(0);
  }

  @Test
  void givesTheTerminalBackWhenItIsTerminated() {
    RunningProgram server = server();
    String address = "127.0.0.1:" + Programs.port(server);
    Pane alice = tmux.startInShell(chat("alice", "--name", "alice", address));
    alice.awaitRow(TIME + "-- connected to .*");
    alice.type("unsaid").awaitLine("unsaid");
    ProcessHandle.of(Long.parseLong(alice.state("#{pane_pid}"))).stream()
        .flatMap(ProcessHandle::children)
        .forEach(ProcessHandle::destroy);
    alice.await(rows -> !rows.isEmpty() && rows.get(rows.size() - 1).endsWith("$"));
    alice.enter("stty -a | tr ' ;' '\\n\\n' | grep -x -e icanon -e echo");
    alice.awaitRow("icanon");
    alice.awaitRow("echo");
  }

  /** Such as one in a container that was given no window. */
  @Test
  void aTerminalThatDoesNotKnowItsSizeIsTakenForOneOfTheUsualSize() {
    RunningProgram server = server();
    String address = "127.0.0.1:" + Programs.port(server);
    String command =
        String.join(
            " ", Stream.of(chat("a", "--name", "alice", address)).map(Tmux::quote).toList());
    Pane alice = tmux.start("sh", "-c", "stty rows 0 columns 0; exec " + command);
    alice.awaitRow(TIME + "-- connected to .*");
    alice.enter("hello").awaitRow(TIME + "alice: hello");
    alice.key("C-d").awaitExit(0);
  }

  @Test
  void doesNotTryAgainWhenToldNotTo() {
    String nobody = Peer.nobody().toString();
    Pane alice = tmux.start(chat("a", "--name", "alice", "--no-reconnect", nobody));

    alice.awaitExit(1);
    assertThat(alice.screen().get(0)).startsWith(nobody + " refused the connection: ");
  }
}
