package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.TlsRoom;
import io.chatroom.protocol.Fingerprint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands with TLS: questions, remembered servers and messages. */
class TlsCommandTest {

  @TempDir Path dir;

  private TlsRoom room;
  private String address;
  private Fingerprint fingerprint;
  private Path known;

  @BeforeEach
  void open() throws IOException {
    room = TlsRoom.selfSigned(dir.resolve("server"));
    address = room.address().toString();
    fingerprint = TlsRoom.fingerprint(dir.resolve("server/self-signed.pem"));
    known = dir.resolve("config/chatroom/known_servers");
  }

  @AfterEach
  void close() {
    room.close();
  }

  @Test
  void asksOnceAtATerminalAndRemembers() throws Exception {
    CommandRun first = run().atTerminal();
    start(first, "--tls");
    first.awaitOut("(yes/no)? ");
    assertThat(first.err())
        .contains(address + " is not known here yet")
        .contains(fingerprint.toString());
    first.type("y\n");
    first.awaitOut("yes or no? ");
    first.type("yes\n");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(Files.readString(known)).isEqualTo(address + " " + fingerprint + "\n");

    CommandRun second = run();
    start(second, "--tls");
    assertThat(second.exitCode()).as(second.err()).isZero();
    assertThat(second.out() + second.err()).isEmpty();
  }

  @Test
  void sendsNothingToAnUntrustedServer() throws Exception {
    CommandRun send = run().atTerminal();
    start(send, "--tls");
    send.awaitOut("(yes/no)? ");
    send.type("no\n");

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err()).endsWith("not connected: " + address + " is not trusted\n");
    assertThat(known).doesNotExist();
  }

  @Test
  void tellsAScriptWhichOptionToGive() throws Exception {
    CommandRun send = run();
    start(send, "--tls");

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .isEqualTo(
            address
                + " is not known here yet, and no authority issued its certificate "
                + fingerprint
                + "; compare it with the fingerprint that the server prints when it starts, and then"
                + " give --tls-fingerprint "
                + fingerprint
                + "\n");
    assertThat(known).doesNotExist();
  }

  @Test
  void takesAFingerprintFromTheCommandLineOrTheEnvironment() throws Exception {
    CommandRun option = run();
    start(option, "--tls-fingerprint", fingerprint.toString());
    assertThat(option.exitCode()).as(option.err()).isZero();

    CommandRun variable = run().with("CHAT_TLS_FINGERPRINT", fingerprint.toString());
    start(variable);
    assertThat(variable.exitCode()).as(variable.err()).isZero();

    CommandRun wrong = run();
    start(wrong, "--tls-fingerprint", TlsRoom.fingerprint(TlsRoom.file("ca.pem")).toString());
    assertThat(wrong.exitCode()).isEqualTo(1);
    assertThat(wrong.err()).startsWith(address + " has the certificate " + fingerprint);
  }

  @Test
  void takesAuthoritiesFromTheCommandLineOrTheEnvironment() throws Exception {
    room.close();
    room = TlsRoom.with("localhost");
    address = room.address().toString();
    CommandRun option = run();
    start(option, "--tls-ca", TlsRoom.file("ca.pem").toString());
    assertThat(option.exitCode()).as(option.err()).isZero();

    CommandRun variable = run().with("CHAT_TLS_CA", TlsRoom.file("ca.pem").toString());
    start(variable);
    assertThat(variable.exitCode()).as(variable.err()).isZero();
  }

  @Test
  void refusesAKnownServerWithAnotherKeyAndWarns() throws Exception {
    Files.createDirectories(known.getParent());
    Fingerprint before = TlsRoom.fingerprint(TlsRoom.file("ca.pem"));
    Files.writeString(known, address + " " + before + "\n");
    CommandRun send = run().atTerminal().with("CHAT_TLS", "true");
    start(send);

    assertThat(send.exitCode()).isEqualTo(1);
    assertThat(send.err())
        .startsWith("WARNING: " + address)
        .contains("it was " + before + ", it is " + fingerprint)
        .contains(known.toString());
    assertThat(send.out()).as("a question").isEmpty();
  }

  @Test
  void chatsWithTlsAgainWithTheLastServer() throws Exception {
    room.close();
    room = TlsRoom.selfSigned(dir.resolve("server"), 0);
    address = room.address().toString();
    String config = "--config=" + dir.resolve("client.json");
    CommandRun first = run().atTerminal().with("TERM", "dumb");
    first.start("chat", "--name", "alice", config, "--tls", address);
    first.awaitOut("-- trust " + address + " from now on? Type yes or no");
    assertThat(first.out()).contains("no authority issued its certificate " + fingerprint + ".");
    first.type("hello\n");
    first.awaitOut("-- not posted: type yes or no first");
    first.type("yes\n");
    first.awaitOut("-- connected to " + address + " as alice");
    first.type("/quit\n");
    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(Files.readString(known)).isEqualTo(address + " " + fingerprint + "\n");

    CommandRun listen = run(); // the room accepts TLS only
    listen.start("listen", "--tls", address);
    CommandRun second = run().atTerminal().with("TERM", "dumb");
    second.start("chat", "--name", "alice", config);
    awaitHeard(listen, second, "again");
    second.type("/quit\n");
    assertThat(second.exitCode()).as(second.err()).isZero();

    CommandRun third = run().atTerminal().with("TERM", "dumb");
    third.start("chat", "--name", "alice", config, address);
    awaitHeard(listen, third, "once more");
    third.type("/quit\n");
    assertThat(third.exitCode()).as(third.err()).isZero();

    CommandRun plain = run().atTerminal().with("TERM", "dumb").with("CHAT_TLS", "false");
    plain.start("chat", "--name", "alice", config, "--no-reconnect", address);
    assertThat(plain.exitCode()).as("of one that was told not to").isEqualTo(1);
  }

  /** Sends it until it is received, as nothing shows when the listener is in the room. */
  private static void awaitHeard(CommandRun listen, CommandRun chat, String text) {
    Awaitility.await()
        .until(
            () -> {
              chat.type(text + "\n");
              return listen.out().contains("alice:    " + text + "\n");
            });
  }

  @Test
  void endsAChatWithAWarningIfTheServerHasAnotherKey() throws Exception {
    Files.createDirectories(known.getParent());
    Fingerprint before = TlsRoom.fingerprint(TlsRoom.file("ca.pem"));
    Files.writeString(known, address + " " + before + "\n");
    CommandRun chat = run().atTerminal().with("TERM", "dumb");
    chat.start("chat", "--name", "alice", "--config=" + dir.resolve("c"), "--tls", address);

    assertThat(chat.exitCode()).isEqualTo(1);
    assertThat(chat.err())
        .startsWith("WARNING: " + address)
        .contains("it was " + before + ", it is " + fingerprint);
  }

  @Test
  void refusesContradictoryOptions() throws Exception {
    CommandRun both = run();
    start(both, "--tls-ca", "x", "--tls-fingerprint", fingerprint.toString());
    assertThat(both.exitCode()).isEqualTo(2);
    CommandRun bad = run();
    start(bad, "--tls-fingerprint", "x");
    assertThat(bad.exitCode()).isEqualTo(2);
    assertThat(bad.err()).startsWith("--tls-fingerprint: \"x\" is not a fingerprint");
    CommandRun maybe = run().with("CHAT_TLS", "maybe");
    start(maybe);
    assertThat(maybe.exitCode()).isEqualTo(2);
    assertThat(maybe.err()).startsWith("CHAT_TLS is \"maybe\", expected true or false");
  }

  @Test
  void listensAndMeasuresWithTls() throws Exception {
    CommandRun listen = new CommandRun().with("CHAT_TLS_FINGERPRINT", fingerprint.toString());
    listen.start("listen", address);
    room.awaitMembers(1);
    CommandRun bench = new CommandRun();
    bench.start(
        "bench",
        address,
        "--tls-fingerprint",
        fingerprint.toString(),
        "--receivers",
        "1",
        "--size", // so large that TLS records arrive in pieces
        "16384",
        "--messages", // fewer than a backlog holds, as a busy machine may read them late
        "50",
        "--warmup",
        "0");
    assertThat(bench.exitCode()).as(bench.err()).isZero();
    CommandRun send = run();
    start(send, "--tls-fingerprint", fingerprint.toString());
    listen.awaitOut("tester:    hi");
    assertThat(send.exitCode()).isZero();
    room.close();
    assertThat(listen.exitCode()).isEqualTo(1);
    assertThat(listen.err()).isEqualTo("connection is gone\n");
  }

  private CommandRun run() {
    return new CommandRun().with("XDG_CONFIG_HOME", dir.resolve("config").toString());
  }

  private void start(CommandRun run, String... options) {
    String[] args = new String[options.length + 6];
    args[0] = "send";
    args[1] = address;
    args[2] = "--name";
    args[3] = "tester";
    args[4] = "--message";
    args[5] = "hi";
    System.arraycopy(options, 0, args, 6, options.length);
    run.start(args);
  }
}
