package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server with a data directory, and what an operator does to that. */
@Timeout(300)
class DataIT {

  private static final int MESSAGES = 1_500;

  /** A disk that is almost full until somebody presses Enter. */
  private static final String ON_A_FULL_DISK =
      """
      mount -t tmpfs -o size=12m,mode=700 none "$0" && head -c 10m /dev/zero > "$0/filler" || exit
      exec 3<&0
      { read go; rm "$0/filler"; } <&3 > /dev/null 2>&1 &
      exec "$@" --data "$0/data"
      """;

  /** A temporary directory in which programs may not run. */
  private static final String NOEXEC =
      """
      mkdir "$0/tmp" && mount -t tmpfs -o noexec none "$0/tmp" || exit
      JDK_JAVA_OPTIONS="-Djava.io.tmpdir=$0/tmp" exec "$@" --data "$0/data"
      """;

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  private RunningProgram server(Path data) {
    return programs.server(
        "--port=0", "--host=127.0.0.1", "--admin=off", "--data", data.toString());
  }

  private List<String> done(int exitCode, String... command) {
    RunningProgram program = programs.server(command);
    assertThat(program.awaitExit()).as("%s: %s", program.out(), program.err()).isEqualTo(exitCode);
    return exitCode == 0 ? program.out() : program.err();
  }

  @Test
  void isLookedAfterByItsCommands() throws IOException {
    String data = dir.resolve("data").toString();
    RunningProgram server = server(dir.resolve("data"));
    String address = "127.0.0.1:" + Programs.port(server);
    RunningProgram send =
        programs.client(
            "send",
            address,
            "--protocol=session",
            "--name=ann",
            "--message=grüße",
            "--message=two");
    assertThat(send.awaitExit()).as("%s", send.err()).isZero();

    assertThat(done(0, "check", data)).containsExactly("2 messages in 1 room", "sound");
    Path restored = Files.createDirectory(dir.resolve("restored"));
    done(0, "backup", data, restored.resolve("log.db").toString());
    List<String> lines = done(0, "export", data, "--room=lobby");
    assertThat(lines)
        .hasSize(2)
        .first()
        .asString()
        .matches(
            "\\{\"room\":\"lobby\",\"seq\":1,\"at\":\\d+,\"from\":\"ann\",\"text\":\"grüße\",\"client\":.*");
    assertThat(done(1, "export", data, "--room=attic"))
        .containsExactly("chat-server: there is no room attic in " + data + "/log.db");
    assertThat(done(1, "repair", data))
        .containsExactly(
            "chat-server: the data directory "
                + data
                + " is in use by another chat-server; stop that one first, or choose another"
                + " directory");
    assertThat(server.signal("TERM").awaitExit()).isZero();

    RunningProgram importing = programs.server("import", dir.resolve("new").toString());
    lines.forEach(importing::type);
    assertThat(importing.endInput().awaitExit()).as("%s", importing.err()).isZero();
    assertThat(importing.out()).containsExactly("imported 2 messages; 0 were there already");
    assertThat(done(0, "repair", data))
        .containsExactly(
            "the store is sound (2 messages in 1 room) and is unchanged; rooms have new epochs");

    RunningProgram again = server(restored);
    again.awaitLine(".*log\\.db was restored from a backup, rooms have new epochs");
    again.awaitLine("data in .*: 2 messages in 1 room, up to 2 in lobby at .*");
    RunningProgram listen =
        programs.client("listen", "127.0.0.1:" + Programs.port(again), "--last=10", "--count=2");
    assertThat(listen.awaitExit()).isZero();
    assertThat(listen.out()).endsWith("ann:    grüße", "ann:    two");
  }

  @Test
  void keepsOrderByItsCommands() throws IOException {
    String data = dir.resolve("data").toString();
    RunningProgram server = server(dir.resolve("data"));
    String address = "127.0.0.1:" + Programs.port(server);
    List<String> added = done(0, "operator", "add", data, "zoë");
    assertThat(added).hasSize(2).last().isEqualTo("zoë is now an operator of this server.");
    assertThat(added.get(0)).startsWith("Nobody owned this name. Its token,");
    assertThat(done(0, "ban", data, "bob", "--why=spam")).containsExactly("bob is banned.");
    RunningProgram send =
        programs.client("send", address, "--protocol=session", "--name=BOB", "--message=here I am");
    assertThat(send.awaitExit()).isNotZero();
    assertThat(send.err().toString()).contains("You are banned from this server: spam");
    assertThat(done(0, "bans", data)).containsExactly("bob\t*\t\tchat-server\tspam");
    assertThat(server.signal("TERM").awaitExit()).isZero();

    assertThat(done(0, "operator", "list", data)).containsExactly("zoë");
    assertThat(done(0, "unban", data, "Bob")).containsExactly("Bob is no longer banned.");
    assertThat(done(0, "bans", data)).isEmpty();
    assertThat(done(1, "unban", data, "bob"))
        .containsExactly("chat-server: bob is not banned from this server; see chat-server bans");
    assertThat(done(1, "ban", data, "address:0.0.0.0/0"))
        .containsExactly(
            "chat-server: The network 0.0.0.0/0 has a prefix of 0 bits, expected 8 to 32.");
    assertThat(done(0, "audit", data, "--since=2026-01-01"))
        .hasSize(3)
        .last()
        .asString()
        .matches("\\S+Z\tchat-server\tunban\t\\*\tBob\t\t");
    assertThat(done(1, "audit", data, "--since=yesterday"))
        .singleElement()
        .asString()
        .startsWith("chat-server: --since is \"yesterday\", expected a day");
  }

  @Test
  void forgetsSomebody() throws IOException {
    String data = dir.resolve("data").toString();
    RunningProgram server = server(dir.resolve("data"));
    String address = "127.0.0.1:" + Programs.port(server);
    for (String name : List.of("ann", "bob")) {
      RunningProgram send =
          programs.client(
              "send",
              address,
              "--protocol=session",
              "--name=" + name,
              "--message=first of " + name,
              "--message=second of " + name);
      assertThat(send.awaitExit()).as("%s", send.err()).isZero();
    }
    assertThat(done(1, "forget", data, "ann")).singleElement().asString().contains("is in use");
    assertThat(done(0, "export", data, "--of=ANN"))
        .hasSize(2)
        .allMatch(line -> line.contains("\"from\":\"ann\""));
    assertThat(server.signal("TERM").awaitExit()).isZero();

    assertThat(done(0, "forget", data, "Ann"))
        .containsExactly(
            "2 messages deleted, 0 events changed, 0 facts deleted; the server rebuilds the"
                + " search index when it starts");
    assertThat(done(0, "forget", data, "bob", "--rename=zoë"))
        .singleElement()
        .asString()
        .startsWith("2 messages given to zoë,");
    assertThat(done(1, "forget", data, "bob", "--rename= "))
        .containsExactly(
            "chat-server: --rename is not possible: The name is empty; choose one that others can"
                + " see.");
    assertThat(String.join("\n", done(0, "audit", data)))
        .matches(
            "\\S+Z\tchat-server\tforget\t\\*\tforgotten\t\t\n\\S+Z\tchat-server\trename\t\\*\tzoë\t\t");
    assertThat(done(0, "export", data, "--of=ann")).isEmpty();
    assertThat(done(0, "check", data)).containsExactly("6 messages in 1 room", "sound");
    assertThat(String.join("\n", done(0, "export", data)))
        .contains("\"deleted\":true", "\"zoë\",\"text\":\"second of bob\"")
        .doesNotContain("of ann");
    for (String file : List.of("log.db", "search.db")) {
      Path path = dir.resolve("data").resolve(file);
      assertThat(Files.exists(path) ? Files.readString(path, StandardCharsets.ISO_8859_1) : "")
          .as(file)
          .doesNotContain("of ann");
    }
  }

  /** As root. Nothing that was accepted is lost, and nothing comes twice. */
  @Test
  void goesOnWhenThereIsRoomAgainOnItsDisk() throws IOException {
    RunningProgram.assumeInstalled("unshare");
    RunningProgram server =
        shell(
            List.of("unshare", "-m", "sh", "-c", ON_A_FULL_DISK, dir.toString()),
            Programs.serverCommand(
                "--port=0", "--host=127.0.0.1", "--admin=off", "--messages-per-second=0"));
    String address = "127.0.0.1:" + Programs.port(server);
    Path lines = dir.resolve("lines"); // not on that disk
    String rest = "x".repeat(1_000) + "\n";
    Files.writeString(
        lines, IntStream.range(0, MESSAGES).mapToObj(i -> i + rest).collect(Collectors.joining()));
    RunningProgram send =
        shell(
            List.of("sh", "-c", "exec \"$@\" < \"$0\"", lines.toString()),
            RunningProgram.jarCommand(Programs.CLIENT_JAR, "send", address, "--name=ann"));
    server.awaitLine("cannot store messages, will keep trying: .*full.*");

    server.type("");
    server.awaitLine("messages are stored again");

    assertThat(send.awaitExit()).as("%s", send.err()).isZero();
    RunningProgram listen =
        programs.client("listen", address, "--last=" + MESSAGES, "--count=" + MESSAGES);
    assertThat(listen.awaitExit()).isZero();
    assertThat(listen.out())
        .filteredOn(line -> line.startsWith("ann:"))
        .extracting(line -> line.replaceAll("x+$", ""))
        .isEqualTo(IntStream.range(0, MESSAGES).mapToObj(i -> "ann:    " + i).toList());
  }

  /** As root. SQLite's library is unpacked beside the data then, and does not stay there. */
  @Test
  void storesWhereProgramsInTheTemporaryDirectoryMayNotRun() throws IOException {
    RunningProgram.assumeInstalled("unshare");
    RunningProgram server =
        shell(
            List.of("unshare", "-m", "sh", "-c", NOEXEC, dir.toString()),
            Programs.serverCommand("--port=0", "--host=127.0.0.1", "--admin=off"));
    RunningProgram send =
        programs.client(
            "send",
            "127.0.0.1:" + Programs.port(server),
            "--protocol=session",
            "--name=ann",
            "--message=hi");

    assertThat(send.awaitExit()).as("%s", send.err()).isZero();
    try (Stream<Path> files = Files.list(dir.resolve("data"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("log.db")
          .noneMatch(name -> name.startsWith("chatroom-"));
    }
  }

  private RunningProgram shell(List<String> shell, String... program) {
    return programs.start(
        RunningProgram.start(
            Stream.concat(shell.stream(), Stream.of(program)).toArray(String[]::new)));
  }
}
