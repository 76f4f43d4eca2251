package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our programs and the ones this protocol comes from in one room, all as processes: on our server
 * and on theirs, with two listeners and two senders, one of each kind.
 */
class SeedInteropIT {

  @RegisterExtension final Programs programs = new Programs();

  @TempDir Path dir;

  @Test
  void everybodyTalksOnOurServer() {
    SeedPrograms seed = new SeedPrograms(dir);
    RunningProgram server = programs.server("--port", "0", "--host", "127.0.0.1", "--transcript");
    int port = Integer.parseInt(server.awaitLine("listening on 127\\.0\\.0\\.1:(\\d+)").group(1));

    everybodyTalks(seed, server, port);

    server.awaitLine("127\\.0\\.0\\.1---theirs: {4}hallo héllo 🙂");
    server.awaitLine("127\\.0\\.0\\.1---ours: {4}first");
    server.awaitLine("theirs disconnected");
    server.awaitLine("ours disconnected");
  }

  @Test
  void everybodyTalksOnTheirServer() {
    SeedPrograms seed = new SeedPrograms(dir);
    int port = SeedPrograms.freePort();
    RunningProgram server = programs.start(seed.server(port));

    everybodyTalks(seed, server, port);
  }

  @Test
  void theBenchMeasuresTheirServer() {
    int port = SeedPrograms.freePort();
    programs.start(new SeedPrograms(dir).server(port));
    RunningProgram bench =
        programs.client(
            "bench", "127.0.0.1:" + port, "--receivers=50", "--messages=500", "--warmup=0");

    assertThat(bench.awaitExit()).as("%s", bench.err()).isZero();
    assertThat(bench.out()).anyMatch(line -> line.matches("deliveries +25,000 +[0-9,]+ /s"));
  }

  private void everybodyTalks(SeedPrograms seed, RunningProgram server, int port) {
    RunningProgram theirWindow = programs.start(seed.listener(port));
    RunningProgram ourWindow = programs.client("listen", "localhost:" + port);
    server.awaitLines("127\\.0\\.0\\.1:\\d+, user: msg_screen", 2);

    RunningProgram theirs = programs.start(seed.sender(port)).type("theirs").type("hallo héllo 🙂");
    theirWindow.awaitLine("theirs: {4}hallo héllo 🙂");
    ourWindow.awaitLine("theirs: {4}hallo héllo 🙂");

    RunningProgram ours = programs.client("send", "localhost:" + port, "--name", "ours");
    ours.type("first").type("").type("second, after an empty line").endInput();
    assertThat(ours.awaitExit()).as("%s", ours.err()).isZero();
    theirWindow.awaitLine("ours: {4}second, after an empty line");
    ourWindow.awaitLine("ours: {4}second, after an empty line");

    theirs.type("and again").type("x".repeat(2_000));
    theirWindow.awaitLine("theirs: {4}x{2000}");
    ourWindow.awaitLine("theirs: {4}x{2000}");
    theirs.endInput(); // ends it with a Python traceback, which closes its connection

    assertThat(theirWindow.out())
        .as("one order, and nothing but what was said")
        .containsExactly(
            "theirs:    hallo héllo 🙂",
            "ours:    first",
            "ours:    second, after an empty line",
            "theirs:    and again",
            "theirs:    " + "x".repeat(2_000));
    assertThat(ourWindow.out()).isEqualTo(theirWindow.out());
  }
}
