package io.chatroom.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutorGroup;
import io.netty.util.concurrent.EventExecutor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HealthTest {

  private static final Duration LONG = Duration.ofSeconds(60);

  private final DefaultEventExecutorGroup loops = new DefaultEventExecutorGroup(3);
  private final CountDownLatch stuck = new CountDownLatch(1);

  @AfterEach
  void close() {
    stuck.countDown();
    loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
  }

  @Test
  void isHealthyWhileEveryLoopRuns() {
    assertThat(ask(LONG)).isEqualTo("200 ok");
  }

  /** Its thread is alive but does nothing any more. */
  @Test
  void namesTheStuckLoop() {
    assertThat(ask(LONG)).as("all run").isEqualTo("200 ok");
    second()
        .execute(
            () -> {
              try {
                stuck.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });

    assertThat(ask(Duration.ofSeconds(3)))
        .isEqualTo("503 event loops [1] of 3 have not run a task for 3000 ms");
    stuck.countDown();
    assertThat(ask(LONG)).isEqualTo("200 ok");
  }

  @Test
  void isUnhealthyWhenALoopHasEnded() {
    second().shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();

    assertThat(ask(LONG)).startsWith("503 event loops [1] of 3 ");
  }

  private EventExecutor second() {
    List<EventExecutor> all = new ArrayList<>();
    loops.forEach(all::add);
    return all.get(1);
  }

  private String ask(Duration patience) {
    Reply reply = new Health(loops, patience).look("").toCompletableFuture().join();
    return reply.status() + " " + new String(reply.body(), StandardCharsets.UTF_8).strip();
  }
}
