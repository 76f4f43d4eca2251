package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kit and the server as processes, with the times of the protocol: it waits for half a minute.
 */
class StrictKitIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  @Test
  void theKitPassesOurServerInStrictMode() throws IOException {
    Path report = dir.resolve("report.xml");
    RunningProgram server = serverToJudge();
    conforms(
        programs.client(
            "conformance",
            "127.0.0.1:" + Programs.port(server),
            "--strict",
            "--junit",
            report.toString()));
    assertThat(report).isNotEmptyFile();
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
   * Where other tests leave the kit's own readers no processor for half a second, it would be right
   * to skip them.
   */
  private RunningProgram serverToJudge() {
    return programs.server("--port", "0", "--host", "127.0.0.1", "--slow-member-patience", "1s");
  }

  private static void conforms(RunningProgram kit) {
    assertThat(kit.awaitExit()).as("%s %s", kit.out(), kit.err()).isZero();
    assertThat(kit.out().get(kit.out().size() - 1)).startsWith("The server conforms: ");
  }
}
