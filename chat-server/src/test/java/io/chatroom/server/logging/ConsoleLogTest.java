package io.chatroom.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleLogTest {

  private final LoggerContext context = new LoggerContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  /** Netty's TLS logs a line for each peer that leaves without taking everything. */
  @Test
  void takesNoLinesThatStrangersCanWriteAtWill() {
    ConsoleLog.ofThisProcess();
    new ConsoleLog().configure(context);

    assertThat(context.getLogger("io.netty.handler.ssl.SslHandler").isWarnEnabled()).isFalse();
    assertThat(context.getLogger("io.netty.channel.nio.NioIoHandler").isWarnEnabled()).isTrue();
    assertThat(context.getLogger("io.chatroom.server.ChatServer").isInfoEnabled()).isTrue();
  }
}
