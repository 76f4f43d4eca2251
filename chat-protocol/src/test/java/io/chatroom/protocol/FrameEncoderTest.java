package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameEncoderTest {

  @ParameterizedTest
  @CsvSource({
    "alice,5         alice",
    "hé,3         hé",
    "🙂,4         🙂",
    "'',0         ",
    "\ud83d,1         ?"
  })
  void countsBytesAndPadsOnTheRight(String text, String frame) {
    EmbeddedChannel channel = new EmbeddedChannel(new FrameEncoder());
    channel.writeOutbound(text);

    ByteBuf out = channel.readOutbound();
    assertThat(out.toString(StandardCharsets.UTF_8).stripTrailing())
        .isEqualTo(frame.stripTrailing());
    assertThat(out.readableBytes()).isEqualTo(LengthHeader.BYTES + FrameEncoder.payloadBytes(text));
    out.release();
    assertThat(channel.finish()).isFalse();
  }
}
