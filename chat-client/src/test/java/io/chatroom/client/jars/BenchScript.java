package io.chatroom.client.jars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A proof of {@code chat-server/bench}, run with the server's jar. */
final class BenchScript {

  /** What the scripts end with where something is not installed, or they are not root. */
  private static final int SKIPPED = 77;

  record Done(int code, String output) {}

  private BenchScript() {}

  /** Skips the test, but not in CI, where the script says that something is missing. */
  static Done run(String script, String... options) throws Exception {
    Path path = Path.of("..", "chat-server", "bench", script + ".py");
    List<String> words = new ArrayList<>(List.of("python3", "-B", path.toString()));
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
