package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

  private static final Limits LIMITS = new Limits(8, 20);

  private EmbeddedChannel channel = new EmbeddedChannel(FrameDecoder.ofClient(LIMITS));

  @AfterEach
  void nothingIsLeft() {
    channel.finishAndReleaseAll();
  }

  @Test
  void keepsHeaderAndPayloadAsReceived() {
    feed(" 5        alice0000000002hi");

    assertThat(frames()).containsExactly(" 5        alice", "0000000002hi");
  }

  @Test
  void acceptsEveryCutIntoTwo() {
    byte[] stream = bytes("3         hé0         2         hi");
    for (int cut = 0; cut <= stream.length; cut++) {
      feed(stream, 0, cut);
      feed(stream, cut, stream.length);
      assertThat(frames())
          .as("cut at %d", cut)
          .containsExactly("3         hé", "0         ", "2         hi");
      restart();
    }
  }

  @Test
  void acceptsOneByteAtATime() {
    byte[] stream = bytes("5         alice         0 2        hi");
    for (int i = 0; i < stream.length; i++) {
      feed(stream, i, i + 1);
    }

    assertThat(frames()).containsExactly("5         alice", "         0", " 2        hi");
  }

  @Test
  void acceptsManyFramesInOnePiece() {
    feed("5         alice" + "2         hi".repeat(1_000));

    assertThat(frames()).hasSize(1_001).endsWith("2         hi");
  }

  @Test
  void acceptsPayloadsUpToTheLimit() {
    feed("8         " + "n".repeat(8) + "20        " + "m".repeat(20));

    assertThat(frames()).hasSize(2);
  }

  @Test
  void refusesANameOverTheLimitFromItsHeaderAlone() {
    ProtocolException e = feedBad("9         ");

    assertThat(e.violation()).isEqualTo(Violation.NAME_TOO_LONG);
    assertThat(e).hasMessage("the name has 9 bytes, limit 8, expected a name within the limit");
  }

  @Test
  void refusesAMessageOverTheLimitFromItsHeaderAlone() {
    feed("5         alice");
    ProtocolException e = feedBad("9999999999");

    assertThat(e.violation()).isEqualTo(Violation.MESSAGE_TOO_LONG);
    assertThat(e)
        .hasMessage(
            "the message has 9999999999 bytes, limit 20, expected a message within the limit");
  }

  @Test
  void holdsMessagesAndNamesToTheirOwnLimits() {
    channel = new EmbeddedChannel(FrameDecoder.ofServer(LIMITS));
    feed("8         " + "n".repeat(8) + "20        " + "m".repeat(20) + "1         x");
    assertThat(frames()).hasSize(3);
    feed("1         y");
    assertThat(feedBad("9         ").violation()).isEqualTo(Violation.NAME_TOO_LONG);
  }

  @Test
  void refusesAMalformedHeaderAndShowsIt() {
    assertThat(feedBad("+5        "))
        .hasMessageStartingWith("the header is \"+5        \", expected");
    restart();
    assertThat(feedBad("5\t        ")).hasMessageStartingWith("the header is 0x35092020");
    restart();
    assertThat(feedBad("\u0665        ").violation()).isEqualTo(Violation.MALFORMED_HEADER);
  }

  @Test
  void saysNothingOfAnIncompleteHeaderHoweverBad() {
    feed("+5       ");

    assertThat(frames()).isEmpty();
  }

  @Test
  void refusesPayloadsThatAreNotUtf8() {
    feed("1         a");
    ProtocolException e =
        feedBad(concat(bytes("3         "), new byte[] {'a', (byte) 0xC0, (byte) 0x80}));

    assertThat(e.violation()).isEqualTo(Violation.INVALID_UTF8);
    assertThat(e).hasMessage("the message of 3 bytes is not UTF-8, expected valid UTF-8");
  }

  @Test
  void doesNotLetACharacterRunIntoTheNextFrame() {
    feed("1         a");
    ProtocolException e =
        feedBad(concat(bytes("1         "), new byte[] {(byte) 0xC3}, new byte[] {(byte) 0xA9}));

    assertThat(e.violation()).isEqualTo(Violation.INVALID_UTF8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bad header", "21        ", "1         \u0080"})
  void passesOnWhatWasCompleteBeforeTheViolationAndNothingAfter(String violation) {
    // U+0080 takes two bytes; the payload has room for the first only
    feedBad("5         alice2         hi" + violation + "3         yes");

    assertThat(frames()).containsExactly("5         alice", "2         hi");
    feed("2         no");
    assertThat(frames()).isEmpty();
  }

  @Test
  void reportsAViolationOnce() {
    feedBad("bad header");
    feed("bad header again");
    channel.finish();

    assertThat(frames()).isEmpty();
  }

  @Test
  void dropsAnUnfinishedFrameAtTheEnd() {
    feed("5         alice5         hel");
    assertThat(frames()).containsExactly("5         alice");

    assertThat(channel.finish()).isFalse();
  }

  @Test
  void readsWhateverWasFramedHoweverItIsCut() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<String> sent = new ArrayList<>();
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int i = 0, n = 1 + random.nextInt(20); i < n; i++) {
        String frame =
            randomFrame(random, i == 0 ? LIMITS.maxNameBytes() : LIMITS.maxMessageBytes());
        sent.add(frame);
        stream.writeBytes(bytes(frame));
      }
      byte[] all = stream.toByteArray();
      for (int from = 0; from < all.length; ) {
        int to = Math.min(all.length, from + 1 + random.nextInt(25));
        feed(all, from, to);
        from = to;
      }
      assertThat(frames()).as("seed %d", seed).isEqualTo(sent);
      restart();
    }
  }

  private static String randomFrame(Random random, int limit) {
    String[] letters = {"a", " ", "5", "\n", "é", "€", "🙂"};
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(limit + 1); i > 0; i--) {
      String letter = letters[random.nextInt(letters.length)];
      if (bytes(text + letter).length <= limit) {
        text.append(letter);
      }
    }
    int length = bytes(text.toString()).length;
    String digits = String.format("%0" + (1 + random.nextInt(4)) + "d", length);
    int before = random.nextInt(LengthHeader.BYTES - digits.length() + 1);
    String header = String.format("%-10s", " ".repeat(before) + digits);
    return header + text;
  }

  private void feed(String text) {
    feed(bytes(text), 0, bytes(text).length);
  }

  private void feed(byte[] stream, int from, int to) {
    // pooled and direct, so that the leak detector sees what is forgotten
    ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(to - from);
    channel.writeInbound(piece.writeBytes(stream, from, to - from));
  }

  private ProtocolException feedBad(String text) {
    return feedBad(bytes(text));
  }

  private ProtocolException feedBad(byte[] stream) {
    ProtocolException e =
        catchThrowableOfType(ProtocolException.class, () -> feed(stream, 0, stream.length));
    assertThat(e).as("the violation").isNotNull();
    return e;
  }

  private List<String> frames() {
    List<String> frames = new ArrayList<>();
    for (Frame frame = channel.readInbound(); frame != null; frame = channel.readInbound()) {
      String whole = frame.bytes().toString(StandardCharsets.UTF_8);
      assertThat(whole).endsWith(frame.text());
      assertThat(ByteBufUtil.getBytes(frame.bytes())).isEqualTo(bytes(whole));
      frames.add(whole);
      frame.release();
    }
    return frames;
  }

  private void restart() {
    channel.finishAndReleaseAll();
    channel = new EmbeddedChannel(FrameDecoder.ofClient(LIMITS));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
