package io.chatroom.server.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StartCheckTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void waitsUntilTheChatPortTakesAConnection() throws Exception {
    int port = freePort();
    CompletableFuture<Integer> exitCode =
        CompletableFuture.supplyAsync(() -> run(port, Duration.ofSeconds(60)));

    try (ServerSocket late = new ServerSocket()) {
      late.setReuseAddress(true);
      late.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      assertThat(exitCode.get(60, TimeUnit.SECONDS)).isZero();
    }
    assertThat(err.toString(UTF_8)).isEmpty();
  }

  @Test
  void saysWhyWhenItsPatienceEnds() throws Exception {
    int port = freePort();

    assertThat(run(port, Duration.ZERO)).isEqualTo(1);
    assertThat(err.toString(UTF_8))
        .startsWith(
            "the server has not started in 0 s: 127.0.0.1:" + port + " refuses connections");
  }

  @Test
  void waitsForNothingThatCannotBe() {
    assertThat(run(0, Duration.ofMinutes(1))).isEqualTo(1);
    assertThat(run(99_999, Duration.ZERO)).isEqualTo(1);
    assertThat(err.toString(UTF_8).lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("CHAT_PORT is 0"),
            line -> assertThat(line).startsWith("the server's environment is wrong: "));
  }

  private static int freePort() throws IOException {
    try (ServerSocket server = new ServerSocket(0)) {
      return server.getLocalPort();
    }
  }

  private int run(int port, Duration patience) {
    try (PrintStream out = new PrintStream(err, true, UTF_8)) {
      return StartCheck.run(
          Map.of("CHAT_HOST", "127.0.0.1", "CHAT_PORT", "" + port), patience, out);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
