package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Both jars as a user starts them. */
class JarsIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  /** The Java that runs this, and whatever other releases are installed beside it. */
  static Stream<String> javas() throws IOException {
    Path home = Path.of(System.getProperty("java.home")).toRealPath();
    TreeMap<Integer, Path> byRelease = new TreeMap<>();
    try (Stream<Path> siblings = Files.list(home.getParent())) {
      for (Path candidate : siblings.toList()) {
        Path release = candidate.resolve("release");
        if (Files.isExecutable(candidate.resolve("bin/java")) && Files.isReadable(release)) {
          Properties properties = new Properties();
          try (var in = Files.newInputStream(release)) {
            properties.load(in);
          }
          String version = properties.getProperty("JAVA_VERSION", "1").replace("\"", "");
          byRelease.putIfAbsent(Runtime.Version.parse(version).feature(), candidate);
        }
      }
    }
    byRelease.headMap(17).clear();
    byRelease.put(Runtime.version().feature(), home);
    return byRelease.values().stream().map(java -> java.resolve("bin/java").toString());
  }

  @ParameterizedTest
  @MethodSource("javas")
  void holdAConversationAndEndInOrder(String java) {
    String data = dir.resolve("data").toString();
    RunningProgram server = serverOn(java, "--port", "0", "--transcript", "--data", data);
    String address = "localhost:" + Programs.port(server);
    RunningProgram listener =
        programs.start(RunningProgram.jar(java, Programs.CLIENT_JAR, args("listen", address)));
    server.awaitLine("[^ ]+:\\d+, user: msg_screen");
    RunningProgram sender =
        programs.start(
            RunningProgram.jar(
                java,
                Programs.CLIENT_JAR,
                args("send", address, "--name", "alice", "--message", "héllo 🙂")));

    listener.awaitLine("alice: {4}héllo 🙂");
    assertThat(sender.awaitExit()).isZero();
    server.awaitLine("[^ ]+---alice: {4}héllo 🙂");
    server.awaitLine("alice disconnected");
    server.signal("TERM");

    assertThat(server.awaitExit()).isZero();
    assertThat(listener.awaitExit()).isEqualTo(1);
    assertThat(listener.err()).containsExactly("connection is gone");
    assertThat(server.err()).as("warnings of the JVM").isEmpty();
    assertThat(sender.err()).isEmpty();
  }

  @Test
  void serverStopsOnInterruptToo() {
    RunningProgram server = programs.server("--port", "0");
    Programs.port(server);

    assertThat(server.signal("INT").awaitExit()).isZero();
  }

  @Test
  void serverMakesItsIndexAnew() {
    Path data = dir.resolve("data");
    RunningProgram nothing = programs.server("reindex", data.toString());
    assertThat(nothing.awaitExit()).isEqualTo(1);
    assertThat(nothing.err())
        .containsExactly(
            "chat-server: there is no log.db in "
                + data
                + ", expected a directory that a server was given with --data");

    RunningProgram server = programs.server("--port", "0", "--data", data.toString());
    String address = "localhost:" + Programs.port(server);
    RunningProgram sender =
        programs.start(
            RunningProgram.jar(
                Programs.CLIENT_JAR, args("send", address, "--name", "alice", "--message", "hi")));
    assertThat(sender.awaitExit()).as("%s", sender.err()).isZero();
    RunningProgram tooSoon = programs.server("reindex", data.toString());
    assertThat(tooSoon.awaitExit()).isEqualTo(1);
    assertThat(tooSoon.err()).singleElement().asString().contains("is in use by another");
    assertThat(server.signal("TERM").awaitExit()).isZero();

    RunningProgram reindex = programs.server("reindex", data.toString());
    assertThat(reindex.awaitExit()).as("%s", reindex.err()).isZero();
    assertThat(reindex.out()).last().asString().matches("indexed 1 message in .* s, 0\\.[01] MB");
  }

  @Test
  void serverSaysWhichTransportItTakes() {
    RunningProgram server =
        programs.server("--port", "0", "--transport", "nio", "--event-loops", "1");
    Programs.port(server);

    assertThat(server.out().get(0)).isEqualTo("transport nio, 1 event loop");
  }

  @ParameterizedTest
  @MethodSource("javas")
  void holdAConversationOverTlsAndEndInOrder(String java) {
    String keys = dir.resolve("keys").toString();
    RunningProgram server = serverOn(java, "--port", "0", "--tls-self-signed", keys, "--tls-only");
    String fingerprint =
        server.awaitLine("TLS with the certificate (SHA256:[A-Za-z0-9+/]{43})").group(1);
    String address = "localhost:" + Programs.port(server);
    String[] tls = {"--tls-fingerprint", fingerprint};
    RunningProgram listener =
        programs.start(
            RunningProgram.jar(java, Programs.CLIENT_JAR, args("listen", address, tls[0], tls[1])));
    server.awaitLine("[^ ]+:\\d+, user: msg_screen");
    RunningProgram sender =
        programs.start(
            RunningProgram.jar(
                java,
                Programs.CLIENT_JAR,
                args("send", address, "--name", "alice", "--message", "hi", tls[0], tls[1])));
    listener.awaitLine("alice: {4}hi");
    assertThat(sender.awaitExit()).as("%s", sender.err()).isZero();
    RunningProgram plain =
        programs.start(RunningProgram.jar(java, Programs.CLIENT_JAR, args("listen", address)));
    assertThat(plain.awaitExit()).isEqualTo(1);
    server.awaitLine("[^ ]+ rejected \\(plain-text\\): .*");
    server.signal("TERM");

    assertThat(server.awaitExit()).isZero();
    assertThat(listener.awaitExit()).isEqualTo(1);
    assertThat(listener.err()).containsExactly("connection is gone");
    assertThat(server.err()).as("warnings of the JVM").isEmpty();
  }

  @Test
  void serverNeedsAFreePort() {
    int port = Programs.port(programs.server("--port", "0", "--host", "127.0.0.1"));
    RunningProgram second = programs.server("--port", "" + port, "--host", "127.0.0.1");

    assertThat(second.awaitExit()).isEqualTo(1);
    assertThat(second.err())
        .containsExactly(
            "chat-server: cannot listen on 127.0.0.1:"
                + port
                + ": the port is taken, stop what uses it or choose another with --port");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port=x|--port is \"x\", expected a whole number from 0 to 65535",
        "--prot=1|\"--prot\" is not an option, did you mean --port?",
        "--config=/nonexistent.json|--config /nonexistent.json: there is no such file",
        "--transport=tcp|--transport is \"tcp\", expected one of auto, epoll, io_uring, nio",
        "--port|Missing required parameter for option '--port' (N); see --help",
        "extra|\"extra\" is not an option, see --help",
      })
  void serverRefusesAWrongCommandLineInOneSentence(String argumentAndSentence) {
    String[] parts = argumentAndSentence.split("\\|", 2);
    RunningProgram server = programs.server(parts[0]);

    assertThat(server.awaitExit()).isEqualTo(2);
    assertThat(server.err()).containsExactly("chat-server: " + parts[1]);
    assertThat(server.out()).isEmpty();
  }

  @Test
  void serverReadsItsFileAndTheCommandLineWins() throws IOException {
    Path config =
        Files.writeString(
            dir.resolve("chat.json"), "{\"port\": 1, \"host\": \"127.0.0.1\", \"eventLoops\": 1}");
    RunningProgram server = programs.server("--config", config.toString(), "--port", "0");

    server.awaitLine("listening on 127\\.0\\.0\\.1:\\d+");
    assertThat(server.out().get(0)).endsWith(", 1 event loop");
  }

  @Test
  void theEnvironmentWinsOverTheFileAndTheCommandLineOverBoth() throws IOException {
    Path config =
        Files.writeString(
            dir.resolve("chat.json"),
            "{\"port\": 1, \"host\": \"nowhere.invalid\", \"eventLoops\": 7}");
    Map<String, String> environment =
        Map.of("CHAT_PORT", "2", "CHAT_HOST", "127.0.0.1", "CHAT_PROT", "3");
    RunningProgram server =
        programs.start(
            RunningProgram.jarIn(
                environment, Programs.SERVER_JAR, "--config", config.toString(), "--port", "0"));

    server.awaitLine("listening on 127\\.0\\.0\\.1:\\d+");
    assertThat(server.out().get(0)).endsWith(", 7 event loops");
    assertThat(server.err())
        .containsExactly(
            "chat-server: CHAT_PROT in the environment is not an option, did you mean CHAT_PORT?");
  }

  @Test
  void sendTellsThatItsMessageWasRefused() {
    int port =
        Programs.port(
            programs.server("--port", "0", "--host", "127.0.0.1", "--max-message-bytes", "1024"));
    RunningProgram send =
        programs.client("send", "localhost:" + port, "--name", "a", "--message", "x".repeat(1_025));
    RunningProgram seed =
        programs.client(
            "send",
            "localhost:" + port,
            "--protocol=seed",
            "--name=a",
            "--message",
            "x".repeat(1_025));

    assertThat(send.awaitExit()).isEqualTo(1);
    assertThat(send.err())
        .containsExactly(
            "the server refused this message, \"the text has 1025 bytes of UTF-8, and the server"
                + " accepts 1024\": "
                + "x".repeat(200)
                + "… (1025 characters)");
    assertThat(seed.awaitExit()).isEqualTo(1);
    assertThat(seed.err())
        .containsExactly(
            "connection is gone",
            "this was sent, but may not have arrived: " + "x".repeat(200) + "… (1025 characters)");
  }

  /** At its defaults the server takes 500 messages at once, and then 50 a second. */
  @Test
  void sendWaitsUntilAServerThatSlowsItDownHasTakenAll() {
    RunningProgram server = programs.server("--port", "0");
    String address = "localhost:" + Programs.port(server);
    RunningProgram listener = programs.client("listen", address);
    server.awaitLine(".*, user: .*");
    RunningProgram send = programs.client("send", address, "--name", "a");
    for (int n = 0; n < 720; n++) {
      send.type("" + n);
    }
    send.endInput();

    assertThat(send.awaitExit()).isZero();
    List<Matcher> heard = listener.awaitLines("a:    (\\d+)", 720);
    for (int n = 0; n < heard.size(); n++) {
      assertThat(heard.get(n).group(1)).isEqualTo("" + n);
    }
  }

  @Test
  void everythingWorksOverIpv6() throws IOException {
    try {
      new ServerSocket(0, 1, InetAddress.getAllByName("::1")[0]).close();
    } catch (IOException e) {
      abort("skipped: this machine has no IPv6");
    }
    RunningProgram server = programs.server("--port", "0", "--host", "::1");
    String port = server.awaitLine("listening on \\[::1]:(\\d+)").group(1);
    RunningProgram listener = programs.client("listen", "[::1]:" + port);
    server.awaitLine("\\[::1]:\\d+, user: msg_screen");
    RunningProgram send =
        programs.client("send", "[::1]:" + port, "--name", "a", "--message", "hi");

    listener.awaitLine("a: {4}hi");
    assertThat(send.awaitExit()).isZero();
  }

  @Test
  void bothSayTheirVersionWithCommitAndProtocolAndHelp() throws IOException {
    Matcher protocol =
        Pattern.compile("This is version (\\d+) of the protocol\\.")
            .matcher(Files.readString(Path.of("../chat-protocol/PROTOCOL.md")));
    assertThat(protocol.find()).isTrue();
    for (String jar : List.of(Programs.SERVER_JAR, Programs.CLIENT_JAR)) {
      RunningProgram version = programs.start(RunningProgram.jar(jar, "--version"));
      RunningProgram help = programs.start(RunningProgram.jar(jar, "--help"));

      assertThat(version.awaitExit()).isZero();
      assertThat(version.out())
          .singleElement()
          .asString()
          .matches(
              "chat-(server|client) \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"
                  + " \\(commit ([0-9a-f]{12}(-dirty)?|unknown)\\), protocol "
                  + protocol.group(1));
      assertThat(help.awaitExit()).isZero();
      assertThat(help.out().get(0)).startsWith("Usage: chat-");
    }
  }

  @Test
  void theBenchMeasuresOurServerAndChecksAll() {
    int port =
        Programs.port(
            programs.server("--port", "0", "--host", "127.0.0.1", "--messages-per-second", "0"));
    RunningProgram bench =
        programs.client(
            "bench",
            "127.0.0.1:" + port,
            "--receivers=200",
            "--senders=3",
            "--threads=2",
            "--size=16",
            "--messages=1000",
            "--warmup=0.2",
            "--json");

    assertThat(bench.awaitExit()).as("%s", bench.err()).isZero();
    assertThat(bench.err()).isEmpty();
    JsonNode json = JsonMapper.shared().readTree(bench.out().get(0));
    assertThat(json.get("deliveries").asLong()).isEqualTo(1000 * 202);
    assertThat(json.get("faultless").asBoolean()).isTrue();
  }

  @Test
  void theBenchTellsWhatItHasWhenItIsInterrupted() {
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1", "--transcript");
    RunningProgram bench =
        programs.client(
            "bench",
            "127.0.0.1:" + Programs.port(server),
            "--receivers=2",
            "--rate=100",
            "--seconds=3600",
            "--warmup=0");
    server.awaitLine(".*---.{10}: {4}M0000000010x*");

    assertThat(bench.signal("INT").awaitExit()).isEqualTo(130);
    assertThat(bench.err()).isEmpty();
    assertThat(bench.out().get(0)).endsWith(" until it was stopped");
    assertThat(bench.out()).anyMatch(line -> line.startsWith("lost 0, "));
  }

  @Test
  void bothStaySmall() throws IOException {
    assertThat(Files.size(Path.of(Programs.CLIENT_JAR))).isLessThan(8_000_000);
    assertThat(Files.size(Path.of(Programs.SERVER_JAR))).isLessThan(14_000_000);
  }

  /** Those that server.md names. */
  @Test
  void theServerHasSqliteForItsPlatformsAlone() throws IOException {
    try (JarFile jar = new JarFile(Programs.SERVER_JAR)) {
      assertThat(jar.stream().map(JarEntry::getName))
          .filteredOn(name -> name.contains("sqlite") && name.endsWith(".so"))
          .containsExactlyInAnyOrder(
              "org/sqlite/native/Linux/aarch64/libsqlitejdbc.so",
              "org/sqlite/native/Linux/riscv64/libsqlitejdbc.so",
              "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so");
    }
  }

  /**
   * A thousand members receive a thousand messages, all whole and in one order; the C program
   * checks every one. The server waits for it however slow this machine makes it.
   */
  @Test
  void aThousandMembersReceiveAThousandMessages() {
    // It sleeps once, until everybody should be in; here it waits until it is told that they are.
    Path fanout = compile("fanout", "-Dusleep(time)=getchar()");
    RunningProgram server =
        programs.server(
            "--port",
            "0",
            "--host",
            "127.0.0.1",
            "--admin",
            "127.0.0.1:0",
            "--messages-per-second",
            "0",
            "--slow-member-patience",
            "60s",
            "--registration-timeout",
            "60s");
    String admin = Programs.admin(server);
    RunningProgram load =
        programs.start(
            RunningProgram.start(
                fanout.toString(),
                "--proto",
                "chat",
                "--port",
                "" + Programs.port(server),
                "--receivers",
                "1000",
                "--senders",
                "4",
                "--messages",
                "1000",
                "--watch",
                "1000"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Programs.get(admin + "/metrics").body().contains("\nchat_members 1004.0\n"));
    load.type("");

    assertThat(load.awaitExit()).as("%s %s", load.out(), load.err()).isZero();
    assertThat(load.out().get(0)).contains("\"deliveries\":1000000", "\"lost\":0", "\"bad\":0");
  }

  private Path compile(String program, String option) {
    Path source = Path.of(System.getProperty("bench.dir", "../../shared/bench"), program + ".c");
    Path binary = dir.resolve(program);
    boolean compiled = false;
    if (Files.isReadable(source)) {
      try (RunningProgram cc =
          RunningProgram.start(
              "cc", "-O2", "-w", option, "-o", binary.toString(), source.toString())) {
        compiled = cc.awaitExit() == 0;
      } catch (java.io.UncheckedIOException e) {
        compiled = false; // there is no compiler
      }
    }
    if (!compiled && System.getenv("CI") != null) {
      throw new AssertionError("cannot compile " + source + ", which CI must");
    }
    assumeTrue(compiled, "skipped: needs a C compiler and " + source.toAbsolutePath().normalize());
    return binary;
  }

  /** What trains the archive of classes, in the container and for others. */
  @ParameterizedTest
  @MethodSource("javas")
  void aRehearsalDeliversAndLeavesAnArchive(String java) {
    Path archive = dir.resolve("archive");
    RunningProgram rehearsal =
        programs.start(
            RunningProgram.start(
                java,
                "-Xmx128m",
                "-XX:ArchiveClassesAtExit=" + archive,
                "-cp",
                Programs.SERVER_JAR,
                "io.chatroom.server.container.Rehearsal",
                "--host",
                "127.0.0.1"));

    assertThat(rehearsal.awaitExit()).as("%s", rehearsal.err()).isZero();
    assertThat(archive).isNotEmptyFile();
  }

  private RunningProgram serverOn(String java, String... arguments) {
    return programs.start(RunningProgram.jar(java, Programs.SERVER_JAR, arguments));
  }

  private static String[] args(String... arguments) {
    return arguments;
  }
}
