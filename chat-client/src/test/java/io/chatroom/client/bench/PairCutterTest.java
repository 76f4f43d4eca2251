package io.chatroom.client.bench;

import static io.chatroom.client.Peer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PairCutterTest {

  private static final String STREAM =
      frame("alice")
          + frame("hello")
          + frame("")
          + frame("")
          + frame("bob")
          + frame("x".repeat(99));

  private final List<String> pairs = new ArrayList<>();
  private int wanted = Integer.MAX_VALUE;
  private final PairCutter cutter = new PairCutter(this::pair);

  private boolean pair(ByteBuf in, int name, int nameBytes, int text, int textBytes) {
    pairs.add(
        in.toString(name, nameBytes, StandardCharsets.UTF_8)
            + ":"
            + in.toString(text, textBytes, StandardCharsets.UTF_8));
    return pairs.size() < wanted;
  }

  private int cut(String bytes) throws PairCutter.MalformedException {
    return cutter.cut(Unpooled.copiedBuffer(bytes, StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 10, 11, 64, 1000})
  void cutsHoweverTheStreamIsSplit(int pieceBytes) throws Exception {
    for (int i = 0; i < STREAM.length(); i += pieceBytes) {
      assertThat(cut(STREAM.substring(i, Math.min(STREAM.length(), i + pieceBytes)))).isZero();
    }

    assertThat(pairs).containsExactly("alice:hello", ":", "bob:" + "x".repeat(99));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 29})
  void returnsHowMuchIsLeftWhenItsListenerStops(int firstPieceBytes) throws Exception {
    wanted = 1;
    int pairBytes = frame("alice").length() + frame("hello").length();
    assertThat(cut(STREAM.substring(0, firstPieceBytes))).isZero();

    assertThat(cut(STREAM.substring(firstPieceBytes))).isEqualTo(STREAM.length() - pairBytes);
    assertThat(pairs).containsExactly("alice:hello");
  }

  @Test
  void refusesBytesThatAreNotAFrame() throws Exception {
    assertThatThrownBy(() -> cut("HTTP/1.1 400 Bad Request"))
        .isInstanceOf(PairCutter.MalformedException.class)
        .hasMessage(
            "it sent \"HTTP/1.1 4\" where a header of ten bytes with a length was expected");
  }

  @Test
  void refusesBytesThatCannotBecomeAHeader() throws Exception {
    assertThat(cut(frame("alice") + frame("hello") + frame("bob") + " 1")).isZero();
    assertThatThrownBy(() -> cut(" x"))
        .hasMessage("it sent \" 1 x\" where a header of ten bytes with a length was expected");
    assertThatThrownBy(() -> new PairCutter(this::pair).cut(Unpooled.copiedBuffer(new byte[] {10})))
        .isInstanceOf(PairCutter.MalformedException.class);
  }

  @Test
  void refusesAFrameThatIsTooLong() {
    assertThatThrownBy(() -> cut(frame("alice") + "9999999999"))
        .isInstanceOf(PairCutter.MalformedException.class)
        .hasMessage("it announced 9999999999 bytes, expected at most 16777216");
  }
}
