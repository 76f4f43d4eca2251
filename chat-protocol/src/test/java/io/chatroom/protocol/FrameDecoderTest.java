package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {

  private static final Limits LIMITS = new Limits(8, 20);

  private FrameDecoder decoder = FrameDecoder.ofClient(LIMITS);
  private EmbeddedChannel channel = new EmbeddedChannel(decoder);

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
  void knowsWhatIsNoChatServerFromItsFirstBytes() {
    for (String answer : List.of("HTTP", "-", "220\r\n", "1 2", "\n")) {
      channel = new EmbeddedChannel(FrameDecoder.ofServer(LIMITS));
      assertThat(feedBad(answer).violation()).as(answer).isEqualTo(Violation.MALFORMED_HEADER);
      channel.finishAndReleaseAll();
    }
    channel = new EmbeddedChannel(FrameDecoder.ofServer(LIMITS));
    feed("1         n2         hi");
    assertThat(feedBad("bye"))
        .hasMessageStartingWith("the header begins with \"bye\", expected 10 bytes");
    assertThat(frames()).hasSize(2);
  }

  @Test
  void takesAStreamOfAServerThatEndsInsideItsFirstFrameForNone() {
    assertThat(endOfServer("42"))
        .hasMessageStartingWith("the stream ended after \"42\", expected 10 bytes");
    assertThat(endOfServer("5         alic"))
        .hasMessage(
            "the stream ended after 14 of the 15 bytes of its first frame, expected the rest of it"
                + " in time");
  }

  @Test
  void letsAServerCutAFrameShortWhenOneBeforeWasWhole() {
    for (String rest : List.of("", "1", "2         ", "2         h", "2         hi3  ")) {
      assertThat(endOfServer("5         alice" + rest)).as(rest).isNull();
    }
    assertThat(endOfServer("")).isNull();
  }

  @Test
  void dropsAnUnfinishedFirstFrameOfAClient() {
    feed("5         alic");

    assertThat(channel.finish()).as("nothing comes of it").isFalse();
  }

  /** What comes through the pipeline before the end of a server's stream. */
  private @Nullable Throwable endOfServer(String stream) {
    List<Throwable> caught = new ArrayList<>();
    List<Throwable> atTheEnd = new ArrayList<>();
    channel =
        new EmbeddedChannel(
            FrameDecoder.ofServer(LIMITS),
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                caught.add(cause);
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                atTheEnd.addAll(caught);
              }
            });
    feed(stream);
    channel.finishAndReleaseAll();
    assertThat(caught).as("and nothing behind the end").isEqualTo(atTheEnd).hasSizeLessThan(2);
    return caught.isEmpty() ? null : caught.get(0);
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
  void passesOnNotOneFrameMoreWhileReadingIsOff() {
    pauseAfter(2);
    feed("5         alice2         hi1         a1         b1");

    assertThat(frames()).containsExactly("5         alice", "2         hi");
    feed("         c");
    assertThat(frames()).isEmpty();
    readOn();
    assertThat(frames()).containsExactly("1         a", "1         b", "1         c");
  }

  @Test
  void keepsTheEndOfTheStreamBehindWhatWasSentBefore() {
    List<Object> events = new ArrayList<>();
    channel.pipeline().addLast(new Listening(events));
    pauseAfter(1);
    feed("5         alice2         hi5         hel");
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    channel.pipeline().fireUserEventTriggered("something else");
    assertThat(events).containsExactly(PausableDecoder.END_WAITS, "something else");

    pauseAfter(1);
    readOn();
    assertThat(frames()).containsExactly("5         alice", "2         hi");
    assertThat(events).as("reading is off again").hasSize(2);
    readOn();
    assertThat(events).endsWith(ChannelInputShutdownEvent.INSTANCE).hasSize(3);
    assertThat(decoder.waitingBytes()).isZero();
  }

  @Test
  void passesOnTheEndAtOnceWhenNothingWaits() {
    List<Object> events = new ArrayList<>();
    channel.pipeline().addLast(new Listening(events));
    feed("5         alice2         h");
    channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(events).containsExactly(ChannelInputShutdownEvent.INSTANCE);
  }

  @Test
  void dropsWhatWaitsWhenTheChannelCloses() {
    pauseAfter(1);
    feed("5         alice2         hi");
    channel.close();

    assertThat(frames()).containsExactly("5         alice");
    assertThat(decoder.waitingBytes()).isZero();
  }

  @Test
  void refusesWhatWaitedInItsTurn() {
    pauseAfter(1);
    feed("5         alicebad header");
    assertThat(frames()).hasSize(1);
    readOn();

    assertThat(catchThrowableOfType(ProtocolException.class, channel::checkException).violation())
        .isEqualTo(Violation.MALFORMED_HEADER);
  }

  @Test
  void saysWhatItHoldsAndKeepsNoLargeBufferForASmallRest() {
    ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(65_536);
    piece.writeBytes(bytes("5         alice20        x"));
    channel.writeInbound(piece);

    assertThat(decoder.waitingBytes()).isBetween(11, 64);
    feed("y".repeat(19));
    assertThat(decoder.waitingBytes()).isZero();
    assertThat(frames()).containsExactly("5         alice", "20        x" + "y".repeat(19));
    assertThat(decoder.frames()).isEqualTo(2);
  }

  /** Whoever reads what this decoder passes on may turn reading off and on as it likes. */
  @Test
  void losesNothingHoweverReadingIsTurnedOffAndOn() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      StringBuilder stream = new StringBuilder("1         n");
      List<String> sent = new ArrayList<>(List.of("1         n"));
      for (int i = random.nextInt(30); i > 0; i--) {
        String frame = randomFrame(random, LIMITS.maxMessageBytes());
        stream.append(frame);
        sent.add(frame);
      }
      byte[] all = bytes(stream.toString());
      List<String> received = new ArrayList<>();
      for (int from = 0; from < all.length; ) {
        if (random.nextBoolean()) {
          pauseAfter(1 + random.nextInt(3));
        }
        int to = Math.min(all.length, from + 1 + random.nextInt(60));
        feed(all, from, to);
        from = to;
        received.addAll(frames());
        if (random.nextBoolean()) {
          readOn();
          received.addAll(frames());
        }
      }
      pauseAfter(Integer.MAX_VALUE);
      readOn();
      received.addAll(frames());
      assertThat(received).as("seed %d", seed).isEqualTo(sent);
      assertThat(decoder.waitingBytes()).isZero();
      restart();
    }
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

  /** Turns reading off when so many frames more have been passed on. */
  private void pauseAfter(int frames) {
    if (channel.pipeline().get(Pause.class) != null) {
      channel.pipeline().remove(Pause.class);
    }
    channel.pipeline().addLast(new Pause(frames));
  }

  private void readOn() {
    channel.config().setAutoRead(true);
    channel.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER).fireChannelReadComplete();
  }

  private static final class Pause extends ChannelInboundHandlerAdapter {
    private int frames;

    Pause(int frames) {
      this.frames = frames;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
      if (--frames == 0) {
        ctx.channel().config().setAutoRead(false);
      }
      ctx.fireChannelRead(msg);
    }
  }

  private static final class Listening extends ChannelInboundHandlerAdapter {
    private final List<Object> events;

    Listening(List<Object> events) {
      this.events = events;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      events.add(event);
    }
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
    decoder = FrameDecoder.ofClient(LIMITS);
    channel = new EmbeddedChannel(decoder);
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
