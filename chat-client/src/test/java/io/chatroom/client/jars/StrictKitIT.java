package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit and the server as processes, with the times of the protocol: it waits for half a minute.
 */
class StrictKitIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  /** In a room of its own, and where sessions talk; both at once, as the kit waits a lot. */
  @Test
  @Timeout(600) // half a minute of waiting; the rest is as long as a busy machine makes it
  void theKitPassesOurServerInStrictMode() {
    Path report = dir.resolve("report.xml");
    RunningProgram alone = strictKit("--junit", report.toString());
    RunningProgram amongSessions = strictKit("--sessions-talk");
    conforms(alone);
    conforms(amongSessions);
    assertThat(report).isNotEmptyFile();
  }

  private RunningProgram strictKit(String... more) {
    String address = "127.0.0.1:" + Programs.port(serverToJudge());
    return programs.client(
        Stream.concat(Stream.of("conformance", address, "--strict"), Stream.of(more))
            .toArray(String[]::new));
  }

  /** Over TCP and over WebSocket, to the server's end. */
  @Test
  void theKitPassesOurSessionsInStrictMode() {
    RunningProgram server = serverToJudge();
    conforms(
        programs.client(
            "conformance",
            "127.0.0.1:" + Programs.port(server),
            "--strict",
            "--sessions",
            "--stop",
            "kill " + server.pid()));
    assertThat(server.awaitExit()).isZero();
  }

  /**
   * Where other tests leave the kit's own readers no processor for as long as the patience lasts,
   * it would be right to skip them: so it keeps more for each than the kit ever says.
   */
  private RunningProgram serverToJudge() {
    return programs.server(
        "--port",
        "0",
        "--host",
        "127.0.0.1",
        "--slow-member-patience",
        "1s",
        "--member-backlog-bytes",
        "16777216");
  }

  private static void conforms(RunningProgram kit) {
    assertThat(kit.awaitExit()).as("%s %s", kit.out(), kit.err()).isZero();
    assertThat(kit.out().get(kit.out().size() - 1)).startsWith("The server conforms: ");
  }
}
