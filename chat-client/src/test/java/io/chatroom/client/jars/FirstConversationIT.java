package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The README's first conversation, as it stands there: only the port, the directories and the way
 * to start Java are others.
 */
class FirstConversationIT {

  private static final String CLIENT = "java -jar chat-client/target/chat-client.jar";

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  private List<String> commands = List.of();

  @BeforeEach
  void readTheReadme() throws IOException {
    RunningProgram.assumeInstalled("curl");
    commands =
        Files.readAllLines(Path.of("../README.md")).stream()
            .dropWhile(line -> !line.startsWith("## The first conversation"))
            .skip(1)
            .takeWhile(line -> !line.startsWith("## "))
            .filter(line -> line.startsWith("    "))
            .map(String::strip)
            .toList();
    assertThat(commands).hasSize(6);
  }

  @Test
  void allOfThemTalkInOneRoom() throws IOException {
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1", "--transcript");
    int port = Programs.port(server);
    RunningProgram seed = programs.start(new SeedPrograms(dir).listener(port));
    server.awaitLine(".*, user: msg_screen");

    assertThat(run(port, commands.get(0)).awaitExit()).isZero();
    seed.awaitLine("ci: {4}the build is green");

    assertThat(commands.get(1)).isEqualTo(CLIENT);
    Pane alice = tmux.start(shell(port, commands.get(1)));
    alice.await(rows -> rows.stream().anyMatch(row -> row.endsWith(":")));
    alice.enter("alice");
    alice.await(rows -> rows.stream().anyMatch(row -> row.contains("-- connected to ")));
    alice.enter("hello");
    seed.awaitLine("alice: {4}hello");

    Path deploy = Files.writeString(dir.resolve("deploy"), "#!/bin/sh\necho deployed\n");
    assertThat(deploy.toFile().setExecutable(true)).isTrue();
    RunningProgram waits = run(port, commands.get(2));
    server.awaitLines(".*, user: msg_screen.*", 2);
    assertThat(run(port, commands.get(3)).awaitExit()).isZero();
    waits.awaitLine("ci: {4}DONE");
    waits.awaitLine("deployed");
    assertThat(waits.awaitExit()).isZero();

    assertThat(run(port, commands.get(4)).awaitExit()).isZero();
    RunningProgram sender = run(port, commands.get(5));
    sender.type("eve").type("three pages of Python");
    alice.await(rows -> rows.stream().anyMatch(row -> row.endsWith("eve: three pages of Python")));
    assertThat(alice.screen())
        .anyMatch(row -> row.endsWith("ci: the build is green"))
        .anyMatch(row -> row.endsWith("ci: DONE"));
  }

  private RunningProgram run(int port, String command) {
    return programs.start(RunningProgram.start(shell(port, command)));
  }

  private String[] shell(int port, String command) {
    String jar = Path.of(Programs.CLIENT_JAR).toAbsolutePath().toString();
    List<String> java = new ArrayList<>(QuickJava.command(jar));
    java.replaceAll(Tmux::quote);
    String here =
        command
            .replace("3306", "" + port)
            .replace("/tmp/", dir + "/")
            .replace(CLIENT, String.join(" ", java));
    return new String[] {
      "env",
      "-C",
      dir.toString(),
      "HOME=" + dir,
      "XDG_CONFIG_HOME=" + dir,
      "XDG_STATE_HOME=" + dir,
      "CHAT_SERVER=localhost:" + port,
      "SEED=" + Path.of(System.getProperty("seed.dir", "../../shared/seed")).toAbsolutePath(),
      "bash",
      "-c",
      here
    };
  }
}
