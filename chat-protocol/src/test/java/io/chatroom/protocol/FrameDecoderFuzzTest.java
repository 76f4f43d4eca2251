package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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
    private final List<byte[]> frames = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private final boolean fromServer;
    private boolean anyFrame;
    private @Nullable Violation seen;
    private int largestPiece;

    Judge(UnpooledByteBufAllocator memory, boolean fromServer) {
      this.memory = memory;
      this.fromServer = fromServer;
      this.model = fromServer ? WireModel.ofServer(LIMITS) : WireModel.ofClient(LIMITS);
      this.channel =
          fromServer
              ? new EmbeddedChannel(FrameDecoder.ofServer(LIMITS), copying(), new RelayDecoder())
              : new EmbeddedChannel(FrameDecoder.ofClient(LIMITS), copying());
      channel.config().setAllocator(memory);
    }

    /** Copies frames as they come by; RelayDecoder gets them next, if it is there. */
    private ChannelInboundHandlerAdapter copying() {
      return new ChannelInboundHandlerAdapter() {
        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
          Frame frame = (Frame) message;
          byte[] bytes = ByteBufUtil.getBytes(frame.bytes());
          frames.add(bytes);
          String text =
              new String(
                  bytes,
                  LengthHeader.BYTES,
                  bytes.length - LengthHeader.BYTES,
                  StandardCharsets.UTF_8);
          texts.add(text);
          assertThat(frame.text()).isEqualTo(text);
          if (ctx.pipeline().get(RelayDecoder.class) == null) {
            frame.release();
          } else {
            ctx.fireChannelRead(frame);
          }
        }
      };
    }

    void feed(byte[] piece) {
      largestPiece = Math.max(largestPiece, piece.length);
      List<byte[]> expected = model.feed(piece);
      anyFrame |= !expected.isEmpty();
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
      assertThat(frames).usingRecursiveComparison().isEqualTo(expected);
      frames.clear();
      assertMessages();
      assertThat(memory.metric().usedHeapMemory())
          .as("bytes kept between two pieces")
          .isLessThanOrEqualTo(seen == null ? 4L * (LARGEST_FRAME + largestPiece) : 0);
    }

    /** Names and messages come out as pairs, in turn. */
    private void assertMessages() {
      for (ChatMessage message = channel.readInbound();
          message != null;
          message = channel.readInbound()) {
        assertThat(message).isEqualTo(new ChatMessage(texts.get(0), texts.get(1)));
        texts.subList(0, 2).clear();
      }
      if (channel.pipeline().get(RelayDecoder.class) != null) {
        assertThat(texts).hasSizeLessThan(2);
      }
    }

    /** A server's stream that ends inside its first frame is no server's. */
    void end() {
      boolean cutAtFirst = !anyFrame && model.isInsideAFrame();
      try {
        channel.finish();
        assertThat(fromServer && cutAtFirst).isFalse();
      } catch (ProtocolException e) {
        assertThat(fromServer && cutAtFirst).as("%s", e.getMessage()).isTrue();
      }
      assertThat(frames).as("frames out of nothing").isEmpty();
      assertMessages();
    }
  }
}
