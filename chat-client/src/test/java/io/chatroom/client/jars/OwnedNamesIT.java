package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.jars.Tmux.Pane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Names that belong to somebody, private messages and order, by the programs that people run. */
class OwnedNamesIT {

  private static final String TIME = "\\d\\d:\\d\\d ";

  @RegisterExtension final Programs programs = new Programs();
  @RegisterExtension final Tmux tmux = new Tmux();

  @TempDir Path dir;

  private RunningProgram client(String home, String... arguments) {
    List<String> command = new ArrayList<>(List.of("env", "XDG_CONFIG_HOME=" + dir.resolve(home)));
    command.addAll(QuickJava.command(QuickJava.OURS, Programs.CLIENT_JAR));
    command.addAll(List.of(arguments));
    return programs.start(RunningProgram.start(command.toArray(String[]::new)));
  }

  private Pane chat(String home, int port, String... more) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "env",
                "XDG_CONFIG_HOME=" + dir.resolve(home),
                "XDG_STATE_HOME=" + dir.resolve(home)));
    command.addAll(QuickJava.command(QuickJava.OURS, Programs.CLIENT_JAR));
    command.addAll(List.of("chat", "127.0.0.1:" + port));
    command.addAll(Stream.of(more).toList());
    Pane pane = tmux.start(command.toArray(String[]::new));
    pane.awaitRow(TIME + "-- connected to .*");
    return pane;
  }

  @Test
  void peopleOwnTheirNamesWriteToEachOtherAndKeepARoomInOrder() throws IOException {
    String data = dir.resolve("data").toString();
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1", "--data", data);
    int port = Programs.port(server);
    String address = "127.0.0.1:" + port;

    Pane alice = chat("a", port, "--name", "alice", "--room", "den");
    alice.awaitRow(TIME + "-- claim the name alice on .*");
    alice.enter("Y").awaitRow(TIME + "-- the name alice is yours here now.*");
    Pane bob = chat("b", port, "--name", "bob", "--room", "den");
    bob.enter("N").enter("hello").awaitRow(TIME + "\\?bob: hello");
    alice.awaitRow(TIME + "\\?bob: hello");
    alice.enter("hi").awaitRow(TIME + "alice: hi");
    bob.awaitRow(TIME + "alice: hi");

    Path kept = dir.resolve("a/chatroom/owned_names");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kept)))
        .isEqualTo("rw-------");
    RunningProgram impostor =
        client("c", "send", address, "--name", "alice", "--message", "it is me");
    assertThat(impostor.awaitExit()).isEqualTo(1);
    assertThat(impostor.err()).anyMatch(line -> line.contains("chat-client name use"));

    bob.enter("/claim").awaitRow(TIME + "-- the name bob is yours here now.*");
    bob.enter("/msg alice psst");
    alice.awaitRow("-- unread: Alt-2 @bob 1.*");
    alice.enter("/room @bob").awaitRow(TIME + "bob: psst");
    alice.enter("/room den");

    bob.enter("oops").awaitRow(TIME + "bob: oops");
    alice.awaitRow(TIME + "bob: oops");
    bob.enter("/delete").awaitRow(TIME + "-- bob deleted a message of bob, posted at .*");
    alice.awaitRow(TIME + "-- bob deleted a message of bob, posted at .*");

    RunningProgram link = client("a", "name", "link", "--server", address);
    String code = link.awaitLine("(\\S+)").group(1);
    assertThat(link.awaitExit()).isZero();
    RunningProgram use = client("d", "name", "use", code, "--server", address, "--name", "alice");
    assertThat(use.awaitExit()).as(String.join("\n", use.err())).isZero();
    RunningProgram again = client("c", "name", "use", code, "--server", address, "--name", "alice");
    assertThat(again.awaitExit()).isEqualTo(1);
    assertThat(again.err())
        .anyMatch(line -> line.startsWith("this code is not valid for the name"));
    RunningProgram show = client("d", "name", "show", "--server", address);
    assertThat(show.awaitExit()).isZero();
    assertThat(show.out()).containsExactly("alice");

    // Only who owns the name when the room is made keeps it in order.
    alice.enter("/join court").awaitRow(TIME + "-- in court: nobody else");
    bob.enter("/join court").awaitRow(TIME + "-- in court: alice");
    alice.enter("/kick bob enough");
    bob.awaitRow(TIME + "-- removed from court: .*");
    alice.awaitRow(TIME + "-- alice: kick bob \\(enough\\)");
    alice.enter("/quit").awaitExit(0);
    bob.enter("/quit").awaitExit(0);
  }

  @Test
  void aClosedServerIsEnteredByTheKeyInAFile() throws IOException {
    Path keys = dir.resolve("keys");
    Files.writeString(keys, "correct-horse-battery office\n");
    RunningProgram server =
        programs.server("--port", "0", "--host", "127.0.0.1", "--access-key-file", keys.toString());
    String address = "127.0.0.1:" + Programs.port(server);
    Path key = dir.resolve("key");
    Files.writeString(key, "# of the office\ncorrect-horse-battery office\n");

    String[] send = {"send", address, "--name", "ci", "--protocol", "session", "--message", "x"};
    RunningProgram without = client("e", send);
    assertThat(without.awaitExit()).isEqualTo(1);
    assertThat(without.err()).anyMatch(line -> line.endsWith("see --key-file"));
    List<String> with = new ArrayList<>(List.of(send));
    with.addAll(List.of("--key-file", key.toString()));
    RunningProgram sent = client("e", with.toArray(String[]::new));
    assertThat(sent.awaitExit()).as(String.join("\n", sent.err())).isZero();
  }
}
