package io.chatroom.client.jars;

import static io.chatroom.client.Peer.frame;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The server as operators have it: it is looked at, updated, told to stop, and its log is read. */
class OperationIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension final Programs programs = new Programs();

  /**
   * It is told to stop in the middle of a conversation. The transcript says what it had accepted by
   * then, and that is what everybody has heard who listens: all of it, in one order.
   */
  @Test
  void aDeployLosesNoAcceptedMessageForMembersThatRead() throws Exception {
    RunningProgram server =
        programs.server(
            "--port=0",
            "--host=127.0.0.1",
            "--transcript",
            "--messages-per-second=300",
            "--message-burst=10",
            "--slow-member-patience=60s", // as its readers may get no processor for a while
            "--drain-seconds=60");
    int port = Programs.port(server);
    List<RunningProgram> listeners = new ArrayList<>();
    for (int i = 0; i < 3; i++) { // a session would still have to join when it has its name
      listeners.add(
          programs.client("listen", "127.0.0.1:" + port, "--no-color", "--protocol=seed"));
    }
    server.awaitLines("127\\.0\\.0\\.1:\\d+, user: msg_screen", 3);
    List<CompletableFuture<Void>> talking = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      String name = "s" + i;
      talking.add(CompletableFuture.runAsync(() -> talkUntilCutOff(port, name)));
    }
    server.awaitLines("127\\.0\\.0\\.1---s\\d: {4}\\d+ x*", 500);
    server.signal("TERM");

    assertThat(server.awaitExit()).isZero();
    List<String> accepted =
        server.out().stream()
            .filter(line -> line.startsWith("127.0.0.1---"))
            .map(line -> line.substring("127.0.0.1---".length()))
            .toList();
    for (RunningProgram listener : listeners) {
      assertThat(listener.awaitExit()).isEqualTo(1);
      assertThat(listener.err()).as("an end in order").containsExactly("connection is gone");
      assertThat(listener.out())
          .containsExactlyInAnyOrderElementsOf(accepted)
          .isEqualTo(listeners.get(0).out());
    }
    for (CompletableFuture<Void> sender : talking) {
      sender.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void talkUntilCutOff(int port, String name) {
    try (Socket socket = connect(port)) {
      say(socket, name);
      for (int n = 0; ; n++) {
        say(socket, n + " " + "x".repeat(1_000));
      }
    } catch (IOException e) {
      // the server has gone
    }
  }

  /** Somebody does not read, and the server would wait an hour for it. */
  @Test
  void aSecondSignalEndsADrainAtOnce() throws IOException {
    RunningProgram server =
        programs.server(
            "--port=0",
            "--host=127.0.0.1",
            "--admin=127.0.0.1:0",
            "--drain-seconds=3600",
            "--messages-per-second=0",
            "--member-backlog-bytes=67108864");
    String admin = Programs.admin(server);
    int port = Programs.port(server);
    assertThat(Programs.get(admin + "/readyz").body()).isEqualTo("ready\n");
    try (Socket stuck = connect(port);
        Socket alice = connect(port)) {
      say(stuck, "stuck");
      say(alice, "alice");
      server.awaitLines("127\\.0\\.0\\.1:\\d+, user: (alice|stuck)", 2);
      for (int n = 0; n < 200; n++) {
        say(alice, "x".repeat(60_000));
      }
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () ->
                  Programs.get(admin + "/metrics")
                      .body()
                      .contains("\nchat_messages_total 200.0\n"));
      server.signal("TERM");
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> Programs.get(admin + "/readyz").statusCode() == 503);
      assertThat(Programs.get(admin + "/healthz").statusCode()).isEqualTo(200);
      Awaitility.await().atMost(PATIENCE).until(() -> isRefused(port));
      server.signal("TERM");

      assertThat(server.awaitExit()).isEqualTo(128 + 15);
    }
  }

  @Test
  void logsForCloudLoggingInJson() throws IOException {
    RunningProgram server =
        programs.server("--port=0", "--host=127.0.0.1", "--log-format=json", "--transcript");
    Matcher listening = server.awaitLine(".*\"message\":\"listening on 127\\.0\\.0\\.1:(\\d+)\".*");
    RunningProgram send =
        programs.client(
            "send", "127.0.0.1:" + listening.group(1), "--name=alice", "--message=say \"hé\"");
    assertThat(send.awaitExit()).isZero();
    server.awaitLine(".*alice disconnected.*");
    assertThat(server.signal("TERM").awaitExit()).isZero();

    List<String> messages = new ArrayList<>();
    for (String line : server.out()) {
      JsonNode json = JsonMapper.shared().readTree(line);
      assertThat(json.get("severity").asString()).isIn("INFO", "WARNING");
      assertThat(Instant.parse(json.get("time").asString())).isBeforeOrEqualTo(Instant.now());
      messages.add(json.get("message").asString());
    }
    assertThat(messages).contains("127.0.0.1---alice:    say \"hé\"", "alice disconnected");
    assertThat(server.err()).isEmpty();
  }

  /** Where it listens is not worth a warning; that it has no endpoint is. */
  @Test
  void logsWhatItsLevelSaysWhereverThatIsSet() throws IOException {
    try (ServerSocket taken = takeUsualAdminPort()) {
      RunningProgram server =
          programs.start(
              RunningProgram.jarIn(
                  Map.of("CHAT_LOG_LEVEL", "error"),
                  Programs.SERVER_JAR,
                  "--port=0",
                  "--host=127.0.0.1",
                  "--log-level=warn"));
      server.awaitLine("no health and metrics \\(--admin auto\\): .*");
      assertThat(server.signal("TERM").awaitExit()).isZero();
      assertThat(server.out()).hasSize(1);
      assertThat(taken == null || taken.isBound()).isTrue();
    }
  }

  /**
   * Another test's server may have it, and give it back while the server here starts. What keeps it
   * for longer is no test, and null says that it need not be taken.
   */
  private static @Nullable ServerSocket takeUsualAdminPort() {
    try {
      return Awaitility.await()
          .atMost(PATIENCE)
          .ignoreExceptionsInstanceOf(BindException.class)
          .until(
              () -> new ServerSocket(9306, 1, InetAddress.getLoopbackAddress()),
              ServerSocket::isBound);
    } catch (ConditionTimeoutException e) {
      return null;
    }
  }

  @Test
  void saysInOneSentenceThatTheAdminPortIsTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      RunningProgram server =
          programs.server("--port=0", "--admin=127.0.0.1:" + taken.getLocalPort());

      assertThat(server.awaitExit()).isEqualTo(1);
      assertThat(server.err())
          .containsExactly(
              "chat-server: cannot listen on 127.0.0.1:"
                  + taken.getLocalPort()
                  + ": the port is taken, stop what uses it or choose another with --admin");
    }
  }

  private static boolean isRefused(int port) throws IOException {
    try {
      connect(port).close();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout((int) PATIENCE.toMillis());
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(frame(text).getBytes(StandardCharsets.UTF_8));
  }
}
