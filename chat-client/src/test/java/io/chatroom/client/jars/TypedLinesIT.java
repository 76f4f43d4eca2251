package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines that Linux lets somebody edit at a terminal, which it cuts after 4,095 bytes. */
class TypedLinesIT {

  /**
   * Runs a command at a terminal of its own, types there what comes on its input, Control-D for a
   * line with a D, and shows what the terminal shows.
   */
  private static final String AT_A_TERMINAL =
      """
      import os, pty, sys, threading
      pid, terminal = pty.fork()
      if pid == 0:
          os.execvp(sys.argv[1], sys.argv[1:])
      def show():
          try:
              while shown := os.read(terminal, 4096):
                  sys.stdout.buffer.write(shown.replace(b"\\r", b""))
                  sys.stdout.flush()
          except OSError:
              pass # the end of a terminal
      showing = threading.Thread(target=show)
      showing.start()
      for line in sys.stdin:
          typed = b"\\x04" if line == "D\\n" else line.replace("\\n", "\\r").encode()
          while typed:
              typed = typed[os.write(terminal, typed):]
      code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      showing.join()
      print("\\nended with", code, flush=True)
      """;

  private static final String REFUSED =
      "%s may have lost its end: this terminal cuts typed and pasted lines after 4095 bytes; break"
          + " the text into lines, or send it from a file";

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  private RunningProgram server;
  private String address;
  private RunningProgram ear;

  @BeforeEach
  void startTheRoom() {
    RunningProgram.assumeInstalled("python3");
    server = programs.server("--port=0", "--host=127.0.0.1", "--admin=off");
    address = "127.0.0.1:" + Programs.port(server);
    ear = programs.client("listen", "--name=ear", address);
    server.awaitLine(".*, user: ear");
  }

  /** It asks again, as it does for every line that it cannot say. */
  @Test
  void sendSaysALineThatFitsAndRefusesOneThatIsCut() {
    String whole = "x".repeat(4_094);
    RunningProgram send = typedInto("", "send", "--name=mouth", address);
    send.type(whole).type("y".repeat(4_500)).type("after").type("D").endInput();

    send.awaitLine(".*" + REFUSED.formatted("line 2"));
    send.awaitLine("ended with 1");
    ear.awaitLine("mouth: {4}" + whole);
    ear.awaitLine("mouth: {4}after");
    assertThat(ear.out()).hasSize(2);
  }

  /** Nobody is asked then, and the first refusal is the end, as it is in a pipe. */
  @ParameterizedTest
  @ValueSource(strings = {"> /dev/null", "< /dev/tty > /dev/null"})
  void sendRefusesALineThatIsCutThoughItsOutputIsNoTerminal(String redirection) {
    String whole = "x".repeat(4_094);
    RunningProgram send = typedInto(redirection, "send", "--name=mouth", address);
    send.type(whole).type("y".repeat(4_500)).type("after").endInput();

    send.awaitLine(".*" + REFUSED.formatted("line 2"));
    send.awaitLine("ended with 1");
    ear.awaitLine("mouth: {4}" + whole);
    send("end");
    ear.awaitLine("end: {4}end");
    assertThat(ear.out()).as("nothing cut, and nothing of what came later").hasSize(2);
  }

  @Test
  void sendRefusesAWholeInputThatIsCut() {
    RunningProgram send = typedInto("", "send", "--name=mouth", "--whole", address);
    send.type("first").type("y".repeat(4_095)).type("D").endInput();

    send.awaitLine(".*" + REFUSED.formatted("the input"));
    send.awaitLine("ended with 1");
    send("end");
    ear.awaitLine("end: {4}end");
    assertThat(ear.out()).hasSize(1);
  }

  /** A conversation goes on. */
  @Test
  void chatAtADumbTerminalSaysALineThatFitsAndRefusesOneThatIsCut() {
    String whole = "x".repeat(4_094);
    RunningProgram chat = typedInto("", "--name=mouth", address);
    chat.awaitLine(".*-- connected to .*");
    chat.type(whole).type("y".repeat(4_500)).type("after").type("D").endInput();

    chat.awaitLine(".*-- " + REFUSED.formatted("line 2"));
    chat.awaitLine("ended with 1");
    ear.awaitLine("mouth: {4}" + whole);
    ear.awaitLine("mouth: {4}after");
    assertThat(ear.out()).hasSize(2);
  }

  private RunningProgram typedInto(String redirection, String... arguments) {
    List<String> client = new ArrayList<>(List.of("env", "TERM=dumb"));
    client.addAll(List.of("XDG_CONFIG_HOME=" + dir, "XDG_STATE_HOME=" + dir));
    client.addAll(List.of(RunningProgram.jarCommand(Programs.CLIENT_JAR, arguments)));
    String line = String.join(" ", client.stream().map(Tmux::quote).toList());
    RunningProgram program =
        programs.start(
            RunningProgram.start(
                "python3", "-c", AT_A_TERMINAL, "sh", "-c", "exec " + line + " " + redirection));
    server.awaitLine(".*, user: mouth");
    return program;
  }

  private void send(String text) {
    RunningProgram other = programs.client("send", "--name=" + text, "--message=" + text, address);
    assertThat(other.awaitExit()).isZero();
  }
}
