package io.chatroom.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.server.ChatServer;
import io.chatroom.server.TestPeer;
import io.chatroom.server.WsPeer;
import io.chatroom.server.config.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands in api.md, in order, and compares their output. */
class ApiGuideTest {

  private static final Path GUIDE = Path.of("../docs/api.md");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String CLOSED = "A closed server";
  private static final String KEY = "0123456789abcdef";

  /**
   * Commands and their output in one example of the guide.
   *
   * @param section the heading above it
   */
  private record Example(String section, List<String> commands, List<String> output) {

    /** Returns true if its output lasts until the server or a person ends it. */
    boolean goesOn() {
      return commands.get(0).matches("curl -sN [^|]*");
    }

    boolean isScript() {
      return commands.get(0).startsWith("cat ");
    }

    String script() {
      return String.join("\n", commands);
    }

    Pattern printed() {
      String all = String.join("\n", output) + "\n";
      return Pattern.compile(Pattern.quote(all).replace("…", "\\E[^\"]*\\Q"));
    }
  }

  @TempDir Path dir;

  @BeforeAll
  static void needsItsTools() {
    for (String tool : List.of("bash", "curl", "jq")) {
      boolean there =
          Pattern.compile(":")
              .splitAsStream(System.getenv().getOrDefault("PATH", ""))
              .anyMatch(directory -> Files.isExecutable(Path.of(directory, tool)));
      if (!there) {
        assertThat(System.getenv("CI")).as("CI must have " + tool).isNull();
      }
      assumeTrue(there, "skipped: needs " + tool);
    }
  }

  @Test
  void itsExamplesPrintTheShownOutput() throws Exception {
    Path keys = Files.writeString(dir.resolve("keys"), KEY + " everybody\n");
    try (ChatServer open = start(Map.of());
        ChatServer closed = start(Map.of("accessKeyFile", keys.toString()))) {
      Map<String, String> secrets = Map.of("TOKEN", tokenOfABot(open), "KEY", KEY);
      List<Example> examples = examples();
      assertThat(examples).hasSizeGreaterThan(12);
      for (Example example : examples) {
        if (example.isScript()) {
          continue;
        }
        ChatServer server = example.section().equals(CLOSED) ? closed : open;
        try (Shell shell = new Shell(example.script(), server, secrets)) {
          if (example.goesOn()) {
            await()
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(shell.output()).containsPattern(example.printed()));
          } else {
            shell.end();
            assertThat(shell.output()).as(example.script()).matches(example.printed());
          }
        }
      }
    }
  }

  @Test
  void itsScriptResumesWhereItStopped() throws Exception {
    Example script = examples().stream().filter(Example::isScript).findFirst().orElseThrow();
    Files.write(dir.resolve("follow.sh"), script.output());
    Files.writeString(dir.resolve("last"), "");
    try (ChatServer server = start(Map.of())) {
      post(server, "before");
      try (Shell shell = new Shell("bash follow.sh", server, Map.of())) {
        await().atMost(PATIENCE).until(() -> shell.output().contains("\"joined\""));
        post(server, "heard");
        await().atMost(PATIENCE).until(() -> shell.output().contains("\"heard\""));
        await().atMost(PATIENCE).until(() -> lastId().endsWith(":2"));
        assertThat(shell.output()).doesNotContain("\"before\"");
      }
      post(server, "missed");
      post(server, "missed, too");
      try (Shell shell = new Shell("bash follow.sh", server, Map.of())) {
        await().atMost(PATIENCE).until(() -> shell.output().contains("\"missed, too\""));
        assertThat(shell.output().lines().filter(line -> line.contains("\"message\"")).toList())
            .hasSize(2)
            .first()
            .asString()
            .contains("\"missed\"");
        assertThat(shell.output()).doesNotContain("\"gap\"");
      }
    }
  }

  @Test
  void theReadmesFirstRequestIsTheFirstExample() throws IOException {
    assertThat(Files.readString(Path.of("../README.md")))
        .contains(examples().get(0).commands().get(0));
  }

  private String lastId() throws IOException {
    return Files.readString(dir.resolve("last")).strip();
  }

  private void post(ChatServer server, String text) throws Exception {
    String command =
        "curl -sf -d '%s' 'localhost:3306/api/rooms/lobby/messages?name=ci'".formatted(text);
    try (Shell shell = new Shell(command, server, Map.of())) {
      shell.end();
      assertThat(shell.output()).contains("\"ack\"");
    }
  }

  private static ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(options);
    all.put("host", "127.0.0.1");
    all.put("port", "0");
    all.put("admin", "off");
    return ChatServer.start(ServerConfig.of(all));
  }

  private static String tokenOfABot(ChatServer server) {
    try (WsPeer alice = WsPeer.open(TestPeer.connect(server))) {
      alice.say(WsPeer.hello("alice", ""));
      alice.expectObject("welcome");
      alice.say("{\"type\":\"claim\",\"q\":\"1\"}");
      alice.expectObject("owned");
      alice.say(
          "{\"type\":\"tokens\",\"q\":\"2\",\"action\":\"make\",\"label\":\"ci\","
              + "\"rooms\":[\"lobby\"],\"scope\":\"write\"}");
      return Description.json(alice.expectObject("tokens")).get("token").asString();
    }
  }

  /** Examples are indented by four; lines that begin with a dollar or > are typed. */
  private static List<Example> examples() throws IOException {
    List<Example> examples = new ArrayList<>();
    String section = "";
    List<String> block = new ArrayList<>();
    List<String> lines = new ArrayList<>(Files.readAllLines(GUIDE));
    lines.add("end");
    for (String line : lines) {
      if (line.startsWith("    ") || line.isEmpty()) {
        block.add(line.isEmpty() ? "" : line.substring(4));
        continue;
      }
      while (!block.isEmpty() && block.get(block.size() - 1).isEmpty()) {
        block.remove(block.size() - 1);
      }
      while (!block.isEmpty() && block.get(0).isEmpty()) {
        block.remove(0);
      }
      if (!block.isEmpty()) {
        assertThat(block.get(0)).as("an example begins with a command").startsWith("$ ");
        List<String> commands = new ArrayList<>();
        List<String> output = new ArrayList<>();
        for (String shown : block) {
          if (shown.matches("[$>] .*")) {
            commands.add(shown.substring(2));
          } else {
            output.add(shown);
          }
        }
        examples.add(new Example(section, commands, output));
        block.clear();
      }
      if (line.startsWith("## ")) {
        section = line.substring(3);
      }
    }
    return examples;
  }

  /** A shell that runs a few lines, and its output so far. */
  private final class Shell implements AutoCloseable {

    private final Process process;
    private final Path out;

    Shell(String script, ChatServer server, Map<String, String> variables) throws IOException {
      String here = "127.0.0.1:" + server.address().getPort();
      out = Files.createTempFile(dir, "out", "");
      ProcessBuilder shell =
          new ProcessBuilder("bash", "-c", script.replace("localhost:3306", here));
      Path follow = dir.resolve("follow.sh");
      if (Files.exists(follow)) {
        Files.writeString(follow, Files.readString(follow).replace("localhost:3306", here));
      }
      shell.environment().putAll(variables);
      shell
          .environment()
          .keySet()
          .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
      process =
          shell
              .directory(dir.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD) // curl's progress
              .redirectOutput(out.toFile())
              .start();
      process.getOutputStream().close();
    }

    void end() throws InterruptedException {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    }

    /** The output with the time, epoch and port of the guide. */
    String output() throws IOException {
      return Files.readString(out)
          .replaceAll("\"at\":\\d+", "\"at\":1790000000000")
          .replaceAll("\"epoch\":\"[^\"]+\"", "\"epoch\":\"k3Qz9\"")
          .replaceAll("(?m)^id: [^:]+:", "id: k3Qz9:");
    }

    /** Kills the shell first, or it would start further programs. */
    @Override
    public void close() {
      List<ProcessHandle> others = process.descendants().toList();
      process.destroyForcibly().onExit().join();
      others.forEach(ProcessHandle::destroyForcibly);
      others.forEach(other -> other.onExit().join());
    }
  }
}
