package io.chatroom.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BoundedLogTest {

  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final Logger logger = new LoggerContext().getLogger("test");

  /** Its event loop is a timer whose clock the test controls. */
  private final EmbeddedChannel clock = new EmbeddedChannel();

  private final BoundedLog log;

  BoundedLogTest() {
    clock.freezeTime();
    written.start();
    logger.addAppender(written);
    log = new BoundedLog(logger, "floods", 3, Duration.ofSeconds(10), clock.eventLoop());
  }

  @Test
  void writesSoManyLinesAWindowAndCountsTheRest() {
    AtomicInteger made = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      log.info(() -> "line " + made.getAndIncrement());
    }
    assertThat(lines()).containsExactly("line 0", "line 1", "line 2");
    assertThat(made).as("lines that are not written are not made").hasValue(3);

    pass(Duration.ofSeconds(10));

    assertThat(lines()).endsWith("997 more floods in the last 10 s");
  }

  @Test
  void beginsAnewAfterTheWindow() {
    for (int i = 0; i < 4; i++) {
      log.info(() -> "old");
    }
    pass(Duration.ofSeconds(10));
    log.error(() -> "new", new IllegalStateException());

    assertThat(lines())
        .containsExactly("old", "old", "old", "1 more floods in the last 10 s", "new");
  }

  @Test
  void saysNothingOfAWindowThatLeftNothingOut() {
    log.info(() -> "one");
    pass(Duration.ofSeconds(10));

    assertThat(lines()).containsExactly("one");
  }

  private void pass(Duration time) {
    clock.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    clock.runScheduledPendingTasks();
  }

  private List<String> lines() {
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
