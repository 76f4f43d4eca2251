package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.TlsRoom;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a server when a signal comes, or when its terminal or its pipe goes. */
class ServerSignalsIT {

  /**
   * Runs a command as the leader of a session on a terminal of its own. For each letter on its
   * input it does something: h sends SIGHUP, c closes the terminal, t sends SIGTERM.
   */
  private static final String IN_A_TERMINAL =
      """
      import os, pty, select, signal, sys, threading
      ignore, command = sys.argv[1] == "ignore", sys.argv[2:]
      pid, terminal = pty.fork()
      if pid == 0:
          if ignore:
              signal.signal(signal.SIGHUP, signal.SIG_IGN)
          os.execvp(command[0], command)
      closing = threading.Event()
      def show():
          while not closing.is_set():
              if select.select([terminal], [], [], 0.05)[0]:
                  try:
                      sys.stdout.buffer.write(os.read(terminal, 4096).replace(b"\\r", b""))
                      sys.stdout.flush()
                  except OSError:
                      return
          os.close(terminal)
          print("closed", flush=True)
      threading.Thread(target=show, daemon=True).start()
      for line in sys.stdin:
          if line.startswith("h"):
              os.kill(pid, signal.SIGHUP)
          elif line.startswith("c"):
              closing.set()
          elif line.startswith("t"):
              print("alive" if os.waitpid(pid, os.WNOHANG) == (0, 0) else "dead", flush=True)
              os.kill(pid, signal.SIGTERM)
      print("ended with", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
      """;

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  @Test
  void goesOnAfterSignalsThatAskForSomethingElse() throws IOException {
    RunningProgram server = programs.server("--port=0", "--host=127.0.0.1", "--admin=off");
    int port = Programs.port(server);
    server.signal("HUP");
    server.awaitLine("SIGHUP: looking at the files again");
    server.awaitLine(
        "there are no files to look at: no certificate, no keys and no hooks are configured");
    server.signal("PIPE");
    server.signal("USR1");
    server.awaitLine("SIGUSR1 means nothing to this server");
    server.signal("QUIT");
    server.awaitLine("Full thread dump .*");
    server.signal("HUP");
    server.awaitLines("SIGHUP: looking at the files again", 2);
    comes(port, server);
    server.signal("INT");

    assertThat(server.awaitExit()).isZero();
    assertThat(server.err()).isEmpty();
  }

  @Test
  void looksAtItsCertificateWhenItIsTold() {
    RunningProgram server =
        programs.server("--port=0", "--host=127.0.0.1", "--admin=off", "--tls-self-signed=" + dir);
    Programs.port(server);
    server.signal("HUP");

    server.awaitLine("the files of the TLS certificate have not changed");
    server.signal("TERM");
    assertThat(server.awaitExit()).isZero();
  }

  /** As a hook does that renews a certificate. Who is there stays. */
  @Test
  void showsNewcomersTheCertificateThatItIsToldOf() throws IOException {
    Path certificate = Files.copy(TlsRoom.file("localhost.pem"), dir.resolve("cert.pem"));
    Path key = Files.copy(TlsRoom.file("localhost-key.pem"), dir.resolve("key.pem"));
    RunningProgram server =
        programs.server(
            "--port=0",
            "--host=127.0.0.1",
            "--admin=off",
            "--tls-only",
            "--tls-cert=" + certificate,
            "--tls-key=" + key);
    String address = "127.0.0.1:" + Programs.port(server);
    String before = TlsRoom.fingerprint(TlsRoom.file("localhost.pem")).toString();
    String after = TlsRoom.fingerprint(TlsRoom.file("rsa.pem")).toString();
    RunningProgram ear = programs.client("listen", address, "--tls-fingerprint=" + before);
    server.awaitLine(".*, user: msg_screen");

    Files.copy(TlsRoom.file("rsa.pem"), certificate, StandardCopyOption.REPLACE_EXISTING);
    Files.copy(TlsRoom.file("rsa-key.pem"), key, StandardCopyOption.REPLACE_EXISTING);
    server.signal("HUP");
    server.awaitLine("SIGHUP: looking at the files again");
    server.awaitLine("TLS from now on with the certificate " + after + ".*");
    RunningProgram mouth =
        programs.client(
            "send", address, "--name=new", "--message=hi", "--tls-fingerprint=" + after);
    assertThat(mouth.awaitExit()).as("%s", mouth.err()).isZero();
    ear.awaitLine("new: {4}hi");

    RunningProgram late =
        programs.client(
            "send", address, "--name=late", "--message=hi", "--tls-fingerprint=" + before);
    assertThat(late.awaitExit()).isEqualTo(1);
    assertThat(late.err())
        .containsExactly(address + " has the certificate " + after + ", expected " + before);
  }

  /** As after {@code chat-server | head}: nobody reads its log any more, and the room goes on. */
  @Test
  void goesOnWhenItsPipeHasGone() throws IOException {
    RunningProgram.assumeInstalled("bash");
    RunningProgram server =
        programs.start(
            RunningProgram.start(
                "bash",
                "-c",
                "exec "
                    + String.join(" ", Programs.serverCommand("--port=0", "--host=127.0.0.1"))
                    + " --admin=off > >(head -n 3) 2>/dev/null"));
    int port = Programs.port(server);
    for (int i = 0; i < 3; i++) { // each makes it write lines
      converses(port);
    }
    server.signal("TERM");

    assertThat(server.awaitExit()).isZero();
  }

  @Test
  void endsInOrderWithTheTerminalItRunsIn() {
    RunningProgram server = inATerminal("no");
    server.type("h");
    server.awaitLine("SIGHUP: looking at the files again");
    server.type("c").awaitLine("closed");
    server.endInput();

    server.awaitLine("ended with 0");
  }

  /** As with {@code nohup}. */
  @Test
  void outlivesItsTerminalIfItIsToldTo() throws IOException {
    RunningProgram server = inATerminal("ignore");
    server.type("c").awaitLine("closed");
    server.type("h");
    converses(Programs.port(server));
    server.type("t").endInput();

    server.awaitLine("alive");
    server.awaitLine("ended with 0");
  }

  /** In a network namespace of its own, whose loopback is down at first, as in a bare sandbox. */
  @Test
  void saysNothingOfAMissingNetworkCard() {
    RunningProgram.assumeInstalled("unshare");
    for (String loopback : new String[] {"down", "up"}) {
      RunningProgram server =
          programs.start(
              RunningProgram.start(
                  "unshare",
                  "--net",
                  "--map-root-user",
                  "sh",
                  "-c",
                  "ip link set lo "
                      + loopback
                      + " && exec "
                      + String.join(" ", Programs.serverCommand("--port=0", "--admin=off"))));
      Programs.port(server);
      server.signal("TERM");

      assertThat(server.awaitExit()).isZero();
      assertThat(server.err()).isEmpty();
      assertThat(server.out())
          .allMatch(
              line -> line.matches("(transport |without --data or --store: |listening on ).*"));
    }
  }

  private RunningProgram inATerminal(String hangUp) {
    RunningProgram.assumeInstalled("python3");
    String[] server = Programs.serverCommand("--port=0", "--host=127.0.0.1", "--admin=off");
    String[] command = new String[server.length + 4];
    System.arraycopy(new String[] {"python3", "-c", IN_A_TERMINAL, hangUp}, 0, command, 0, 4);
    System.arraycopy(server, 0, command, 4, server.length);
    RunningProgram program = programs.start(RunningProgram.start(command));
    Programs.port(program);
    return program;
  }

  private static void converses(int port) throws IOException {
    try (Socket alice = connect(port);
        Socket bob = connect(port)) {
      say(bob, "bob");
      say(alice, "alice");
      Awaitility.await() // bob may be in the room a moment later than alice
          .until(
              () -> {
                say(alice, "hello");
                return bob.getInputStream().available() > 0;
              });
      assertThat(heard(bob)).isEqualTo("5         alice5         hello");
    }
  }

  private static void comes(int port, RunningProgram server) throws IOException {
    try (Socket alice = connect(port)) {
      say(alice, "alice");
      server.awaitLine("127\\.0\\.0\\.1:\\d+, user: alice");
    }
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void say(Socket socket, String text) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(String.format("%-10d%s", text.length(), text).getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private static String heard(Socket socket) throws IOException {
    return new String(
        socket.getInputStream().readNBytes("5         alice5         hello".length()),
        StandardCharsets.UTF_8);
  }
}
