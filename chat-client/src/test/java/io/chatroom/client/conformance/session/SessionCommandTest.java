package io.chatroom.client.conformance.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.cli.CommandRun;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code conformance --sessions} prints, and its exit codes. */
class SessionCommandTest {

  private CommandRun command = new CommandRun();

  private int run(String... args) throws Exception {
    List<String> all = new ArrayList<>(List.of("conformance"));
    all.addAll(List.of(args));
    command = new CommandRun().start(all.toArray(String[]::new));
    return command.exitCode();
  }

  /** Runs against a reference server of its own. */
  private int runAgainst(@Nullable SessionDefect defect, String... args) throws Exception {
    try (SessionReference server = new SessionReference(defect, 10_000)) {
      List<String> all = new ArrayList<>(List.of("127.0.0.1:" + server.address().getPort()));
      all.addAll(List.of(args));
      return run(all.toArray(String[]::new));
    }
  }

  @Test
  void exitsWith0WhenAllPass() throws Exception {
    assertThat(runAgainst(null, "--sessions", "--only", "talk,order.reply-to")).isZero();
    assertThat(command.out())
        .contains("The room", "talk.works.tcp", "talk.works.ws", "Sessions: 5. Laws")
        .contains("The server conforms: 4 passed, 0 MUSTs failed");
  }

  @Test
  void printsExpectedAndActualWhenCaseFails() throws Exception {
    String id = "order.reply-to.ws";
    assertThat(runAgainst(SessionDefect.FORGETS_REPLY_TO, "--sessions", "--only", id)).isEqualTo(1);
    assertThat(command.out())
        .contains(id + "  (MUST, S-25, S-42)")
        .containsPattern("expected: bob receives \\{\"type\":\"message\",.*\"replyTo\":3}")
        .containsPattern("actual:   it received \\{\"type\":\"message\",.*\"text\":\"an answer\"}");
  }

  @Test
  void judgesTcpWhenWebSocketDoesNotWork() throws Exception {
    SessionDefect defect = SessionDefect.NO_WEB_SOCKET;
    assertThat(runAgainst(defect, "--sessions", "--only", "talk,order.reply-to")).isEqualTo(1);
    assertThat(command.out())
        .contains("2 passed, 1 MUST failed")
        .contains("1 not run")
        .contains("sessions over WebSocket do not work: ");
  }

  @Test
  void runsCasesOverOneCarrierOnly() throws Exception {
    assertThat(runAgainst(SessionDefect.NO_WEB_SOCKET, "--sessions", "--only", "talk,tcp"))
        .isZero();
    assertThat(command.out()).contains("talk.works.tcp", "The server conforms: 1 passed");
    assertThat(run("--sessions", "--list", "--only", "ws")).isZero();
    assertThat(command.out()).contains("talk.works.ws").doesNotContain(".tcp");
  }

  @Test
  void listNeedsNoServerAndHasTheStopOnlyWithStopCommand() throws Exception {
    assertThat(run("--sessions", "--list")).isZero();
    assertThat(command.out()).contains("websocket.fragmented.ws").doesNotContain("drain.bye");
    assertThat(run("--sessions", "--list", "--stop", "true")).isZero();
    assertThat(command.out()).contains("drain.bye.tcp  (S-65");
  }

  @Test
  void keyIsReadFromFileAndJudgedOnlyWithKey(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("key"), SessionReference.KNOWN.key() + "\n");
    try (SessionReference closed = new SessionReference(null, 10_000)) {
      assertThat(closed.cases()).isNotEmpty(); // from now on it asks for a key
      String address = "127.0.0.1:" + closed.address().getPort();
      String[] only = {"--only", "talk,tcp"};
      assertThat(run(address, "--sessions", only[0], only[1], "--timeout", "1")).isEqualTo(1);
      assertThat(command.out()).contains("key-wrong");
      assertThat(run(address, "--sessions", "--key-file", file.toString(), "--only", "talk,key"))
          .isZero();
      assertThat(command.out()).contains("The server conforms: 4 passed");
    }
    assertThat(run("--sessions", "--list")).isZero();
    assertThat(command.out()).doesNotContain("key.wrong");
  }

  @Test
  void keyFileWithoutKeyIsUsageError(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("key"), "# two\n");
    assertThat(run("--sessions", "--list", "--key-file", file.toString())).isEqualTo(2);
    assertThat(command.err()).contains("has no key").doesNotContain("two");
    assertThat(run("--list", "--key-file", file.toString())).isEqualTo(2);
    assertThat(command.err()).contains("--key-file: expected --sessions with it");
    assertThat(run("--sessions", "--list", "--key-file", file + "x")).isEqualTo(1);
    assertThat(command.err()).contains("no such file");
  }

  @Test
  void stopWithoutSessionsIsUsageError() throws Exception {
    assertThat(run("--list", "--stop", "true")).isEqualTo(2);
    assertThat(command.err()).contains("--stop: expected --sessions with it");
  }

  @Test
  void seedCasesRunWhileSessionsPost() throws Exception {
    assertThat(runAgainst(null, "--sessions-talk", "--only", "relay.excludes-sender")).isZero();
    assertThat(command.err()).isEmpty();
  }

  @Test
  void failsWhenTheSessionsMissMessages() throws Exception {
    String[] args = {"--sessions-talk", "--only", "relay.talk-goes-on", "--talk-for", "1"};
    assertThat(runAgainst(SessionDefect.SKIPS_NUMBERS, args)).isEqualTo(1);
    assertThat(command.err()).contains("the sessions of --sessions-talk: ");
  }

  @Test
  void serverWithoutSessionsIsReportedInOneLine() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + silent.getLocalPort();
      assertThat(run(address, "--sessions-talk", "--timeout", "0.1")).isEqualTo(1);
      assertThat(command.err())
          .startsWith(
              "sessions cannot post in the room lobby of "
                  + address
                  + ": expected: Talker receives")
          .hasLineCount(1);
    }
  }
}
