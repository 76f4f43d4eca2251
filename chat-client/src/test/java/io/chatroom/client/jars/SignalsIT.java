package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What client.md's table of signals says, and how terminals and pipes can go. */
class SignalsIT {

  private static final String TIME = "\\d\\d:\\d\\d \\??"; // the mark of names that are nobody's

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  private RunningProgram server() {
    return programs.server("--port", "0", "--host", "127.0.0.1");
  }

  private static String address(RunningProgram server) {
    return "127.0.0.1:" + Programs.port(server);
  }

  /** The command that starts the client at a terminal, with words of the shell before it. */
  private String[] inShell(String before, String... arguments) {
    List<String> command =
        new ArrayList<>(List.of("env", "XDG_CONFIG_HOME=" + dir, "XDG_STATE_HOME=" + dir));
    command.addAll(QuickJava.command(Programs.CLIENT_JAR));
    command.addAll(List.of(arguments));
    String quoted = String.join(" ", command.stream().map(Tmux::quote).toList());
    return new String[] {"sh", "-c", before + " exec " + quoted};
  }

  @ParameterizedTest
  @CsvSource({"listen,INT,130", "listen,HUP,129", "send,TERM,143", "conformance,TERM,143"})
  void aSignalThatEndsProgramsEndsTheCommand(String command, String signal, int code) {
    RunningProgram server = server();
    RunningProgram client = programs.client(command, address(server));
    server.awaitLine(".*, user: .*");

    assertThat(client.signal(signal).awaitExit()).isEqualTo(code);
    assertThat(client.err()).isEmpty();
    server.awaitLine(".* disconnected");
  }

  @Test
  void signalsThatOthersMakeUseOfEndNothing() {
    RunningProgram server = server();
    RunningProgram listen = programs.client("listen", "--name", "ear", address(server));
    RunningProgram send = programs.client("send", "--name", "mouth", address(server));
    server.awaitLine(".*, user: ear");
    server.awaitLine(".*, user: mouth");
    for (String signal : List.of("PIPE", "STOP", "CONT", "TSTP", "CONT", "QUIT")) {
      listen.signal(signal);
      send.signal(signal);
    }
    send.type("still here").endInput();

    listen.awaitLine("mouth: {4}still here");
    assertThat(send.awaitExit()).isZero();
    listen.awaitLine("Full thread dump .*"); // the JVM's answer to QUIT
  }

  @Test
  void chatTellsWhatItCouldNotSayWhenItIsTerminated() throws IOException {
    RunningProgram server = server();
    Path pid = dir.resolve("pid");
    Pane alice = tmux.start(inShell("echo $$ >" + pid + ";", "--name", "alice", address(server)));
    alice.awaitRow(TIME + "-- connected to .*");
    server.close();
    alice.awaitRow("-- not connected, .*");
    alice.enter("never said").awaitRow(" +… never said");
    kill("TERM", pid);

    alice.awaitRow("not sent: never said");
    alice.awaitExit(143);
  }

  /** As after nohup, disown or setsid, which people use so that a program survives. */
  @Test
  void aTerminalThatIsGoneEndsChatThoughHangUpsAreIgnored() {
    RunningProgram server = server();
    for (String terminal : List.of("dumb", "xterm-256color")) {
      String ignoring = "trap '' HUP; TERM=" + terminal;
      Pane pane = tmux.start(inShell(ignoring, "--name", terminal, address(server)));
      pane.awaitRow(TIME + "-- connected to .*");
      server.awaitLine(".*, user: " + terminal);
      pane.takeAway();

      server.awaitLine(terminal + " disconnected");
    }
  }

  @Test
  void aLineThatTheTerminalCutsIsRefused() {
    RunningProgram server = server();
    RunningProgram listen = programs.client("listen", "--name", "ear", address(server));
    server.awaitLine(".*, user: ear");
    String cut = "line 1 may have lost its end: this terminal cuts .*";
    Pane chat = tmux.start(inShell("TERM=dumb", "--name", "chat", address(server)));
    chat.awaitRow(TIME + "-- connected to .*");
    chat.enter("x".repeat(5_000)).awaitRow(TIME + "-- " + cut);
    chat.enter("whole").key("C-d").awaitRow("\\[exit \\d]");

    listen.awaitLine("chat: {4}whole");
    assertThat(listen.out()).as("and nothing else").hasSize(1);
  }

  /** The text comes as terminals without bracketed paste give it, and programs that press keys. */
  @Test
  void takesALongTextThatIsTypedAtOnceAndLeavesNoFilesWhenItIsKilled() throws IOException {
    RunningProgram server = server();
    RunningProgram listen = programs.client("listen", "--name", "ear", address(server));
    Path temporary = Files.createDirectory(dir.resolve("tmp"));
    Path pid = dir.resolve("pid");
    String before =
        "echo $$ >" + pid + "; export JDK_JAVA_OPTIONS=-Djava.io.tmpdir=" + temporary + ";";
    Pane alice = tmux.start(inShell(before, "--name", "alice", address(server)));
    alice.awaitRow(TIME + "-- connected to .*");
    server.awaitLine(".*, user: ear");
    String text = "0123456789".repeat(1_000);
    alice.type(text).key("Enter");
    listen.awaitLine("alice: {4}" + text);
    kill("KILL", pid);
    server.awaitLine("alice disconnected");

    assertThat(temporary).isEmptyDirectory();
  }

  private void kill(String signal, Path pid) throws IOException {
    Awaitility.await().until(() -> Files.exists(pid));
    String number = Files.readString(pid).strip();
    try (RunningProgram kill = RunningProgram.start("kill", "-" + signal, number)) {
      assertThat(kill.awaitExit()).isZero();
    }
  }
}
