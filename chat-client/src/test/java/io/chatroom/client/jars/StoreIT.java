package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What an operator does with a server that keeps what is said in a database. */
@Timeout(300)
class StoreIT {

  private static final int MESSAGES = 5_000;

  /** PostgreSQL does not run as root. The process that is told to end is the database itself. */
  private static final String POSTGRES =
      """
      bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
      as=
      if [ "$(id -u)" = 0 ]; then
        chown postgres "$0"
        as="setpriv --reuid=postgres --regid=postgres --clear-groups"
      fi
      $as "$bin/initdb" -D "$0/data" -U chat --auth=trust -E UTF8 --no-sync --locale=C.UTF-8 || exit
      exec $as "$bin/postgres" -D "$0/data" -k "$0" -c listen_addresses=127.0.0.1 -p "$1" \
        -c fsync=off 2>&1
      """;

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  private Path database = Path.of("");
  private String store = "";
  private @Nullable RunningProgram postgres;

  @BeforeEach
  void startDatabase() throws IOException {
    RunningProgram.assumeInstalled("pg_ctlcluster"); // of Debian's PostgreSQL
    database =
        Files.createTempDirectory(
            "chat-store-it",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    int port = freePort();
    RunningProgram starting =
        programs.start(
            RunningProgram.start(
                "sh", "-c", POSTGRES, database.toString(), Integer.toString(port)));
    postgres = starting;
    starting.awaitLine(".*database system is ready to accept connections");
    store = "postgresql://chat@127.0.0.1:" + port + "/postgres";
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @AfterEach
  void deleteDatabase() throws IOException {
    if (postgres == null) {
      return; // it is not installed
    }
    postgres.signal("QUIT").awaitExit();
    try (Stream<Path> files = Files.walk(database)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private RunningProgram server(String option, String place) {
    return programs.server("--port=0", "--host=127.0.0.1", "--admin=off", option, place);
  }

  private List<String> done(int exitCode, String... command) {
    RunningProgram program = programs.server(command);
    assertThat(program.awaitExit()).as("%s: %s", program.out(), program.err()).isEqualTo(exitCode);
    return exitCode == 0 ? program.out() : program.err();
  }

  @Test
  void movesFromADirectoryIntoADatabase() throws IOException {
    String data = dir.resolve("data").toString();
    Path lines = dir.resolve("lines");
    Files.writeString(
        lines,
        IntStream.rangeClosed(1, MESSAGES)
            .mapToObj(
                i ->
                    "{\"room\":\"lobby\",\"seq\":%1$d,\"at\":%1$d,\"from\":\"ann\",\"text\":\"%1$d\"}\n"
                        .formatted(i))
            .collect(Collectors.joining()));
    RunningProgram importing =
        programs.start(
            RunningProgram.start(
                Stream.concat(
                        Stream.of("sh", "-c", "exec \"$@\" < \"$0\"", lines.toString()),
                        Stream.of(Programs.serverCommand("import", data)))
                    .toArray(String[]::new)));
    assertThat(importing.awaitExit()).as("%s", importing.err()).isZero();
    done(0, "ban", data, "bob", "--why=spam");

    RunningProgram killed = programs.server("copy", "--from", data, "--to", store);
    killed.awaitLine(MESSAGES + " messages in 1 room .* to copy from .*");
    killed.signal("KILL").awaitExit();
    List<String> copied = done(0, "check", store);
    if (copied.get(0).equals("0 messages in 0 rooms")) { // else it was there already
      assertThat(done(0, "copy", "--from", data, "--to", store))
          .anyMatch(
              line ->
                  line.matches("copied " + MESSAGES + " messages in 1 room and \\d+ facts to .*"))
          .last()
          .asString()
          .endsWith("/data is unchanged, and no server will start on it again");
      RunningProgram old = server("--data", data);
      assertThat(old.awaitExit()).isEqualTo(1);
      assertThat(old.err())
          .singleElement()
          .asString()
          .contains("was copied to " + store, "chat-server repair ");
    }
    assertThat(done(0, "check", store)).containsExactly(MESSAGES + " messages in 1 room", "sound");
    assertThat(done(1, "copy", "--from", data, "--to", store))
        .singleElement()
        .asString()
        .contains("is not empty");

    RunningProgram server = server("--store", store);
    RunningProgram listen =
        programs.client("listen", "127.0.0.1:" + Programs.port(server), "--last=2", "--count=2");
    assertThat(listen.awaitExit()).isZero();
    assertThat(listen.out()).endsWith("ann:    4999", "ann:    5000");
    assertThat(done(0, "bans", store)).containsExactly("bob\t*\t\tchat-server\tspam");
    assertThat(done(1, "repair", store)).singleElement().asString().contains("is in use by");
    assertThat(server.signal("TERM").awaitExit()).isZero();
  }
}
