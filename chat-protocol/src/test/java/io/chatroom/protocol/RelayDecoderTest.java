package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class RelayDecoderTest {

  private static final String STREAM =
      "5         alice3         hé0         4         anon 1        x";

  @Test
  void joinsNamesAndMessagesAtEveryCut() {
    byte[] stream = STREAM.getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= stream.length; cut++) {
      EmbeddedChannel channel =
          new EmbeddedChannel(FrameDecoder.ofServer(Limits.DEFAULT), new RelayDecoder());
      channel.writeInbound(buffer(stream, 0, cut));
      channel.writeInbound(buffer(stream, cut, stream.length));

      assertThat(channel.<ChatMessage>readInbound()).isEqualTo(new ChatMessage("alice", "hé"));
      assertThat(channel.<ChatMessage>readInbound()).isEqualTo(new ChatMessage("", "anon"));
      assertThat(channel.<Object>readInbound()).as("a name without its message").isNull();
      assertThat(channel.finish()).isFalse();
    }
  }

  private static ByteBuf buffer(byte[] stream, int from, int to) {
    return PooledByteBufAllocator.DEFAULT
        .directBuffer(to - from + 1)
        .writeBytes(stream, from, to - from);
  }
}
