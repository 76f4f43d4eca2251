package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a server with {@code --data} has acknowledged is there, whatever happens to its disk: the
 * proofs of {@code chat-server/bench}, in their short forms.
 */
class SafetyIT {

  private static final Path BENCH = Path.of("..", "chat-server", "bench");

  /** What the scripts end with where there is no C compiler. */
  private static final int SKIPPED = 77;

  private record Done(int code, String output) {}

  @Test
  void nothingAcknowledgedIsLostWithThePower() throws Exception {
    Done done = run("powerloss", "--cuts", "3", "--seconds", "1");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains("3 cuts in ");
  }

  /** Without this the proof above would prove nothing. */
  @Test
  void aDiskThatDoesNotSyncIsFoundOut() throws Exception {
    Done done = run("powerloss", "--cuts", "3", "--seconds", "1", "--lie", "each");

    assertThat(done.code()).as(done.output()).isEqualTo(1);
    assertThat(done.output()).contains("FAILED: ");
  }

  @Test
  void itGoesOnWhenTheDiskDoes() throws Exception {
    Done done = run("faults", "--rounds", "6", "--starts", "1");

    assertThat(done.code()).as(done.output()).isZero();
    assertThat(done.output()).contains("while they talked", "starts with a call that fails");
  }

  private static Done run(String script, String... options) throws Exception {
    List<String> words =
        new ArrayList<>(List.of("python3", "-B", BENCH.resolve(script + ".py") + ""));
    words.addAll(List.of(options));
    words.addAll(List.of("--jar", Programs.SERVER_JAR, "--java", Programs.serverCommand()[0]));
    Process python;
    try {
      python = new ProcessBuilder(words).redirectErrorStream(true).start();
    } catch (IOException e) {
      missing("python3");
      throw e;
    }
    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int code = python.waitFor();
    if (code == SKIPPED) {
      missing(output);
    }
    return new Done(code, output);
  }

  private static void missing(String what) {
    assertThat(System.getenv("CI")).as("CI must have this: %s", what).isNull();
    assumeTrue(false, "skipped: needs " + what);
  }
}
