package io.chatroom.server.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import org.junit.jupiter.api.Test;

class AbortTest {

  /** Its descriptor can belong to another connection by then. */
  @Test
  void leavesASocketAloneThatIsClosedAlready() {
    NioSocketChannel closed = new NioSocketChannel();
    closed.unsafe().closeForcibly();
    assertThatThrownBy(() -> closed.config().setOption(ChannelOption.SO_LINGER, 0))
        .isInstanceOf(ChannelException.class);

    Abort.close(closed);
    Abort.closeUnregistered(closed);

    assertThat(closed.isOpen()).isFalse();
  }
}
