package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/** Ten bytes are read as the grammar reads them, and what is written is read again. */
class LengthHeaderFuzzTest {

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    readsWhatTheGrammarReads(input);
  }

  @FuzzTest
  void readsWhatTheGrammarReads(byte[] input) {
    byte[] header = Arrays.copyOf(input, LengthHeader.BYTES);
    ByteBuf shifted = Unpooled.wrappedBuffer(new byte[] {'1'}, header, new byte[] {'1'});

    long length = LengthHeader.parse(shifted, 1);

    assertThat(length).isEqualTo(WireModel.lengthIn(header));
    assertThat(shifted.readableBytes()).isEqualTo(12);
    if (length >= 0 && length <= Integer.MAX_VALUE) {
      ByteBuf written = Unpooled.buffer();
      LengthHeader.write(written, (int) length);
      assertThat(written.readableBytes()).isEqualTo(LengthHeader.BYTES);
      assertThat(LengthHeader.parse(written, 0)).isEqualTo(length);
      assertThat(WireModel.lengthIn(ByteBufUtil.getBytes(written))).isEqualTo(length);
    }
  }
}
