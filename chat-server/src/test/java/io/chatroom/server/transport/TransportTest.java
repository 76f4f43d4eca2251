package io.chatroom.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.uring.IoUring;
import org.junit.jupiter.api.Test;

class TransportTest {

  @Test
  void autoTakesEpollWhereItLoads() {
    assertThat(Transport.of(Transport.Choice.AUTO).name())
        .isEqualTo(Epoll.isAvailable() ? "epoll" : "nio");
  }

  @Test
  void nioIsAlwaysThere() {
    assertThat(Transport.of(Transport.Choice.NIO).name()).isEqualTo("nio");
  }

  @Test
  void saysWhyAChoiceDoesNotWork() {
    assumeFalse(IoUring.isAvailable(), "io_uring works here");

    assertThatThrownBy(() -> Transport.of(Transport.Choice.IO_URING))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("transport io_uring does not work on this machine (");
  }
}
