package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.Peer;
import io.chatroom.client.Peer.Member;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command on a dumb terminal, whose lines a test can read; the rest needs a real one. */
class ChatCommandTest {

  @TempDir Path dir;

  private final Peer peer = new Peer();

  @AfterEach
  void close() {
    peer.close();
  }

  private CommandRun dumb() {
    return new CommandRun().atTerminal().with("TERM", "dumb");
  }

  private String config() {
    return "--config=" + dir.resolve("client.json");
  }

  @Test
  void sendsReceivesAndLeaves() throws Exception {
    CommandRun run = dumb().start("--name", "alice", config(), peer.address().toString());
    try (Member member = peer.accept("alice")) {
      run.awaitOut("-- connected to " + peer.address() + " as alice");
      run.type("hello\n");
      assertThat(member.read()).isEqualTo("hello");
      member.relay("b\u001bob", "hi");
      run.awaitOut(" b\\x1bob: hi\n");
      run.type("/quit\n");
      assertThat(member.atEnd()).isTrue();
      member.fin();
    }

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out()).as("what was typed is there already").doesNotContain("alice: hello");
  }

  @Test
  void sendsTheKeyToNoOtherServer() throws Exception {
    Path key = Files.writeString(dir.resolve("key"), "s3cret office\n");
    try (SessionScript closed = new SessionScript();
        SessionScript other = new SessionScript()) {
      CommandRun run =
          dumb()
              .with("XDG_CONFIG_HOME", dir.toString())
              .start(
                  "--name",
                  "alice",
                  "--protocol=session",
                  "--key-file",
                  key.toString(),
                  config(),
                  closed.address());
      try (SessionScript.Link link = closed.accept()) {
        assertThat(link.hear("hello").get("key").asString()).isEqualTo("s3cret");
        link.welcome();
        run.awaitOut("-- connected to " + closed.address() + " as alice");
        run.type("/server " + other.address() + "\n");
        try (SessionScript.Link elsewhere = other.accept()) {
          assertThat(elsewhere.hear("hello").has("key")).isFalse();
          elsewhere.welcome();
          run.awaitOut("-- connected to " + other.address() + " as alice");
          run.type("/quit\n");
        }
      }
      assertThat(run.exitCode()).isZero();
      assertThat(run.out() + run.err()).doesNotContain("s3cret");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "off,hello alice,false",
    "mention,hello all,false",
    "mention,hello alice,true",
    "all,hello all,true",
  })
  void ringsTheBellAsSet(String bell, String text, boolean rings) throws Exception {
    CommandRun run =
        dumb().start("--name=alice", "--bell", bell, config(), peer.address().toString());
    try (Member member = peer.accept("alice")) {
      member.relay("bob", text);
      member.relay("bob", "that was all");
      run.awaitOut("bob: that was all");
    }
    run.endInput();
    run.exitCode();

    assertThat(run.out().contains(text + "\u0007")).isEqualTo(rings);
  }

  @Test
  void takesCommandLineThenEnvironmentThenFile() throws Exception {
    Files.writeString(
        dir.resolve("client.json"), "{\"server\": \"nowhere.invalid\", \"name\": \"file\"}");
    for (String[] nameAndOptions :
        new String[][] {{"line", "--name", "line"}, {"variable"}, {"file"}}) {
      CommandRun run = dumb().with("CHAT_SERVER", peer.address().toString());
      if (!nameAndOptions[0].equals("file")) {
        run.with("CHAT_NAME", "variable");
      }
      String[] args = nameAndOptions.clone();
      args[0] = config();
      run.start(args);
      peer.accept(nameAndOptions[0]).close();
      run.endInput();
      run.exitCode();
    }
    assertThat(dir.resolve("client.json"))
        .as("what the environment says is not remembered")
        .hasContent("{\"server\": \"nowhere.invalid\", \"name\": \"file\"}");
  }

  @Test
  void asksForTheNameUntilItIsValid() throws Exception {
    CommandRun run = dumb().start(config(), peer.address().toString());
    run.awaitOut("Your name in the room [");
    run.type("x".repeat(129) + "\n");
    run.awaitOut("-- a name has at most 128 bytes of UTF-8");
    run.type("alice\n");
    peer.accept("alice").close();
    run.endInput();
    run.exitCode();

    assertThat(Files.readString(dir.resolve("client.json"))).contains("\"name\":\"alice\"");
  }

  @Test
  void endsWithoutAName() throws Exception {
    CommandRun run = dumb().endInput().start(config(), peer.address().toString());

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualToIgnoringNewLines("no name was given");
  }

  @Test
  void tellsWhatItCouldNotSay() throws Exception {
    String nobody = Peer.nobody().toString();
    CommandRun run = dumb().start(config(), "--name=alice", nobody);
    run.awaitOut(nobody + " refused the connection");
    run.type("one\ntwo\n");
    run.awaitOut("two");
    run.endInput();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).contains("not sent: one | two");
  }

  @Test
  void endsWithTheConnectionWhenItMustNotTryAgain() throws Exception {
    CommandRun run =
        dumb().start(config(), "--name=alice", "--no-reconnect", peer.address().toString());
    peer.accept("alice").close();

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.err()).isEqualToIgnoringNewLines("the server has ended the connection");
  }

  @Test
  void reportsMistakesInItsSettings() throws Exception {
    Files.writeString(dir.resolve("client.json"), "{\"colour\": true}");
    CommandRun run = dumb().start(config());

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith(
            dir.resolve("client.json")
                + ": \"colour\" is not a setting, expected server, tls, name, bell or color");
  }

  @Test
  void refusesANameThatIsTooLong() throws Exception {
    CommandRun run = dumb().start(config(), "--name", "é".repeat(65));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).startsWith("the name has more than 128 bytes of UTF-8");
  }
}
