package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.server.WsPeer;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Any bytes, split anywhere, decode to the same frames as in {@link WebSocketModel}, and are
 * refused at the same byte. The memory held between two pieces has a limit, and nothing leaks.
 *
 * <p>The first byte of an input modulo 16 is the number of following bytes with the lengths of the
 * pieces, which repeat; the rest is the stream.
 */
class WebSocketFramesFuzzTest {

  /** Small enough that each form of a length can exceed it. */
  private static final int LONGEST = 70_000;

  private static final int MAX_HEADER = 14;

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
    int cuts = Math.min(input[0] & 0x0F, input.length - 1);
    byte[] stream = Arrays.copyOfRange(input, 1 + cuts, input.length);
    List<Integer> lengths = new ArrayList<>();
    int total = 0;
    for (int i = 1; i <= cuts; i++) {
      lengths.add(input[i] & 0xFF);
      total += input[i] & 0xFF;
    }
    Judge judge = new Judge();
    int from = 0;
    for (int i = 0; total > 0 && from < stream.length; i++) {
      int to = Math.min(stream.length, from + lengths.get(i % cuts));
      judge.feed(Arrays.copyOfRange(stream, from, to));
      from = to;
    }
    judge.feed(Arrays.copyOfRange(stream, from, stream.length));
    judge.end();
  }

  /** Mostly valid frames, which a fuzzer would not find soon. */
  @Test
  void readsRandomStreamsAsTheModelDoes() {
    for (long seed = 0; seed < Integer.getInteger("websocket.runs", 300); seed++) {
      Random random = new Random(seed);
      Judge judge = new Judge();
      try {
        for (int i = 0; i < 20; i++) {
          byte[] bytes = RandomFrames.next(random, LONGEST);
          int cut = random.nextInt(bytes.length + 1);
          judge.feed(Arrays.copyOf(bytes, cut));
          judge.feed(Arrays.copyOfRange(bytes, cut, bytes.length));
        }
        judge.end();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  /** Feeds both, and compares after each piece. */
  private static final class Judge {

    /** Counts the allocated bytes that were not released. */
    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);

    private final WebSocketModel model = new WebSocketModel(LONGEST);
    private final EmbeddedChannel channel =
        new EmbeddedChannel(new WebSocketDecoder(WebSocketDecoder.rules(LONGEST)));
    private boolean broken;
    private String why = "";
    private int largestPiece;

    Judge() {
      channel.config().setAllocator(memory);
    }

    void feed(byte[] piece) {
      largestPiece = Math.max(largestPiece, piece.length);
      List<WebSocketModel.Seen> expected = model.feed(piece);
      try {
        channel.writeInbound(memory.buffer(Math.max(1, piece.length)).writeBytes(piece));
      } catch (CorruptedWebSocketFrameException e) {
        assertThat(broken).as("it is told once").isFalse();
        broken = true;
        why = "" + e.getMessage();
      }
      assertThat(seen()).isEqualTo(expected);
      assertThat(broken).as("%s", why).isEqualTo(model.isBroken());
      assertThat(memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory())
          .as("bytes kept between two pieces")
          .isLessThanOrEqualTo(broken ? 0 : 2L * (MAX_HEADER + LONGEST + largestPiece));
    }

    private List<WebSocketModel.Seen> seen() {
      List<WebSocketModel.Seen> seen = new ArrayList<>();
      for (WebSocketFrame frame = channel.readInbound();
          frame != null;
          frame = channel.readInbound()) {
        seen.add(
            new WebSocketModel.Seen(
                opcode(frame),
                frame.isFinalFragment(),
                frame.content().toString(StandardCharsets.ISO_8859_1)));
        frame.release();
      }
      return seen;
    }

    private static int opcode(WebSocketFrame frame) {
      if (frame instanceof TextWebSocketFrame) {
        return WsPeer.TEXT;
      } else if (frame instanceof BinaryWebSocketFrame) {
        return WsPeer.BINARY;
      } else if (frame instanceof CloseWebSocketFrame) {
        return WsPeer.CLOSE;
      } else if (frame instanceof PingWebSocketFrame) {
        return WsPeer.PING;
      }
      return frame instanceof PongWebSocketFrame ? WsPeer.PONG : 0;
    }

    void end() {
      channel.finishAndReleaseAll();
      assertThat(memory.metric().usedHeapMemory()).as("bytes not released").isZero();
      assertThat(memory.metric().usedDirectMemory()).as("bytes not released").isZero();
    }
  }
}
