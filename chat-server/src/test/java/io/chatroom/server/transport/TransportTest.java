package io.chatroom.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.epoll.Epoll;
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
    Throwable unavailable =
        new UnsatisfiedLinkError("failed to load")
            .initCause(new IllegalStateException("io_uring_setup: not permitted"));

    assertThatThrownBy(() -> Transport.require("io_uring", unavailable))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "transport io_uring does not work on this machine: the kernel is too old for io_uring or"
                + " does not allow it, as in many containers; use auto, which takes the best that"
                + " does");
  }

  @Test
  void saysWhatALibraryNeeds() {
    Throwable unavailable =
        new IllegalArgumentException("failed to load")
            .initCause(new UnsatisfiedLinkError("/x/y.so: failed to map segment"));

    assertThatThrownBy(() -> Transport.require("epoll", unavailable))
        .hasMessage(
            "transport epoll does not work on this machine: its library cannot be loaded, which"
                + " needs Linux and a temporary directory for programs (java.io.tmpdir, not mounted"
                + " noexec); use auto, which takes the best that does");
  }
}
