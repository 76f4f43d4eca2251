package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * The decoders against {@link WireModel}, on any bytes in any pieces.
 *
 * <p>An input is one byte of settings, then lengths of pieces, then the stream. The settings: the
 * highest bit set is what a server sends, else what a client sends; the lowest four bits say how
 * many lengths follow. Pieces are cut with these lengths in turn; without any, the stream comes in
 * one piece.
 */
class FrameDecoderFuzzTest {

  private static final Limits LIMITS = new Limits(8, 300);
  private static final int LARGEST_FRAME = LengthHeader.BYTES + 300;

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    readsWhatTheModelReads(input);
  }

  @FuzzTest
  void readsWhatTheModelReads(byte[] input) {
    if (input.length == 0) {
      return;
    }
    boolean fromServer = input[0] < 0;
    int cuts = Math.min(input[0] & 0x0F, input.length - 1);
    byte[] lengths = Arrays.copyOfRange(input, 1, 1 + cuts);
    byte[] stream = Arrays.copyOfRange(input, 1 + cuts, input.length);
    int total = 0;
    for (byte length : lengths) {
      total += length & 0xFF;
    }

    // Counts to the byte what was allocated and not released.
    UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
    Judge judge = new Judge(memory, fromServer);
    int from = 0;
    for (int i = 0; total > 0 && from < stream.length; i++) {
      int to = Math.min(stream.length, from + (lengths[i % cuts] & 0xFF));
      judge.feed(Arrays.copyOfRange(stream, from, to));
      from = to;
    }
    judge.feed(Arrays.copyOfRange(stream, from, stream.length));
    judge.end();
    assertThat(memory.metric().usedHeapMemory()).as("bytes not released").isZero();
    assertThat(memory.metric().usedDirectMemory()).as("bytes not released").isZero();
  }

  /** Feeds both, and compares after each piece. */
  private static final class Judge {

    private final UnpooledByteBufAllocator memory;
    private final WireModel model;
    private final EmbeddedChannel channel;
    private final EmbeddedChannel messages = new EmbeddedChannel(new RelayDecoder());
    private final List<String> texts = new ArrayList<>();
    private final boolean fromServer;
    private @Nullable Violation seen;

    Judge(UnpooledByteBufAllocator memory, boolean fromServer) {
      this.memory = memory;
      this.fromServer = fromServer;
      this.model = fromServer ? WireModel.ofServer(LIMITS) : WireModel.ofClient(LIMITS);
      this.channel =
          new EmbeddedChannel(
              fromServer ? FrameDecoder.ofServer(LIMITS) : FrameDecoder.ofClient(LIMITS));
      channel.config().setAllocator(memory);
    }

    void feed(byte[] piece) {
      List<byte[]> expected = model.feed(piece);
      try {
        channel.writeInbound(memory.buffer(Math.max(1, piece.length)).writeBytes(piece));
      } catch (ProtocolException e) {
        assertThat(seen).as("a violation is reported once").isNull();
        seen = e.violation();
        assertThat(VisibleText.of(String.valueOf(e.getMessage())))
            .as("nothing in it needs escaping")
            .isEqualTo(e.getMessage());
      }
      assertThat(seen).isEqualTo(model.violation());
      List<byte[]> frames = new ArrayList<>();
      for (Frame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
        frames.add(ByteBufUtil.getBytes(frame.bytes()));
        texts.add(frame.text());
        assertThat(frame.text())
            .isEqualTo(
                frame
                    .bytes()
                    .toString(
                        LengthHeader.BYTES, payloadOf(frame.bytes()), StandardCharsets.UTF_8));
        messages.writeInbound(frame);
      }
      assertThat(frames).usingRecursiveComparison().isEqualTo(expected);
      if (fromServer) {
        assertMessages();
      }
      messages.releaseInbound();
      assertThat(memory.metric().usedHeapMemory())
          .as("bytes kept between two pieces")
          .isLessThanOrEqualTo(seen == null ? 4L * (LARGEST_FRAME + piece.length) : 0);
    }

    /** Names and messages come out as pairs, in turn. */
    private void assertMessages() {
      for (ChatMessage message = messages.readInbound();
          message != null;
          message = messages.readInbound()) {
        assertThat(message).isEqualTo(new ChatMessage(texts.get(0), texts.get(1)));
        texts.subList(0, 2).clear();
      }
      assertThat(texts).hasSizeLessThan(2);
    }

    private static int payloadOf(ByteBuf frame) {
      return frame.readableBytes() - LengthHeader.BYTES;
    }

    void end() {
      channel.finish();
      assertThat(channel.<Frame>readInbound()).as("a frame out of nothing").isNull();
      messages.finishAndReleaseAll();
    }
  }
}
