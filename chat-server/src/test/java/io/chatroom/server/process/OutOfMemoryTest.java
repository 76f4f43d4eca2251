package io.chatroom.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The process ends wherever memory runs out; each case runs in a process of its own. */
class OutOfMemoryTest {

  /** The main method of the process, which would wait for ever. */
  public static void main(String[] args) throws InterruptedException {
    OutOfMemory.endsThisProcess();
    Runnable tooMuch = () -> System.out.println(new byte[Integer.MAX_VALUE].length);
    switch (args[0]) {
      case "a task on an event loop" ->
          new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()).execute(tooMuch);
      default -> new Thread(tooMuch).start();
    }
    new CountDownLatch(1).await();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a task on an event loop", "a thread"})
  void endsTheProcessWithOneSentence(String where) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                OutOfMemoryTest.class.getName(),
                where)
            .start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(3);
    assertThat(err)
        .isEqualTo(
            "chat-server: out of memory; give it more (java -Xmx512m), or let fewer in"
                + " (--max-connections)\n");
  }
}
