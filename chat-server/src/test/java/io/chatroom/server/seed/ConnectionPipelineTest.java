package io.chatroom.server.seed;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.TestPeer;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.People;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One connection, end to end except for the socket. A second member listens. */
class ConnectionPipelineTest {

  private static final ConnectionLog SILENT = new ConnectionLog(false, Metrics.NOOP);

  private final LogCapture log = new LogCapture();
  private final EmbeddedChannel peer = new EmbeddedChannel();
  private final EmbeddedChannel listener = new EmbeddedChannel();

  /** Receives the messages of a {@link #talker}. */
  private final EmbeddedChannel witness = new EmbeddedChannel();

  private final TestRoom room = roomOf(peer, listener);

  ConnectionPipelineTest() {
    peer.freezeTime();
    open(listener);
    feed(listener, "8         listener");
    open(peer);
    settle();
  }

  @AfterEach
  void close() {
    peer.finishAndReleaseAll();
    listener.finishAndReleaseAll();
    witness.finishAndReleaseAll();
    log.close();
  }

  @Test
  void relaysBothHeadersAsTheyCame() {
    feed(peer, " 5        alice0000000002hi");

    assertThat(heard()).isEqualTo(" 5        alice0000000002hi");
  }

  @Test
  void deliversTheSameHoweverTheStreamIsSplit() {
    byte[] stream = "3         hé0         2         hi".getBytes(StandardCharsets.UTF_8);
    for (int cut = 0; cut <= stream.length; cut++) {
      EmbeddedChannel sender = new EmbeddedChannel();
      EmbeddedChannel receiver = new EmbeddedChannel();
      SeedRoom ownRoom = roomOf(sender, receiver).seeds();
      open(receiver, ownRoom, false);
      feed(receiver, "1         r");
      open(sender, ownRoom, false);
      feed(sender, stream, 0, cut);
      feed(sender, stream, cut, stream.length);
      sender.runPendingTasks();
      receiver.runPendingTasks();

      assertThat(outbound(receiver))
          .as("cut at %d", cut)
          .isEqualTo("3         hé0         3         hé2         hi");
      assertThat(outbound(sender)).isEmpty();
      sender.finishAndReleaseAll();
      receiver.finishAndReleaseAll();
    }
  }

  @Test
  void doesNotEchoGreetOrAnnounce() {
    feed(peer, "5         alice2         hi");
    settle();

    assertThat(outbound(peer)).isEmpty();
    assertThat(heard()).isEqualTo("5         alice2         hi");
  }

  @ParameterizedTest
  @ValueSource(strings = {"+5        ", "200       ", "2         a\u00e9", "\0\0\0\0\0\0\0\0\0\0"})
  void closesViolatorsAfterDeliveringTheirCompleteMessages(String violation) {
    byte[] bad = violation.getBytes(StandardCharsets.UTF_8);
    feed(peer, "5         alice2         hi");
    // of "aé" the announced two bytes end inside the é
    feed(peer, bad, 0, bad.length);
    settle();

    assertThat(peer.isOpen()).isFalse();
    assertThat(listener.isOpen()).isTrue();
    assertThat(heard()).isEqualTo("5         alice2         hi");
  }

  @Test
  void deliversMessagesReadTogetherWithAViolation() {
    feed(peer, "5         alice2         hi3         yesbad header2         no");

    assertThat(heard()).isEqualTo("5         alice2         hi5         alice3         yes");
    assertThat(peer.isOpen()).isFalse();
  }

  @Test
  void refusesNewConnectionsOnceWhileTheServerStops() {
    room.rooms().closeDoor();
    feed(peer, "5         alice2         hi3         you");
    settle();

    assertThat(peer.isOpen()).isFalse();
    assertThat(log.lines()).containsOnlyOnce("unknown refused: the server is about to stop");
  }

  /** The last surface takes a connection that no other has claimed. */
  @Test
  void refusesUnknownFirstBytesAsAWrongHeader() {
    feed(peer, "GET / HTT");
    assertThat(peer.isOpen()).isTrue();
    feed(peer, "P/1.1");

    assertThat(peer.isOpen()).isFalse();
    assertThat(log.lines())
        .endsWith(
            "unknown rejected (malformed-header): the header is \"GET / HTTP\", expected 10 bytes"
                + " of optional spaces, 1 to 10 digits, optional spaces");
  }

  @Test
  void refusesANameOverItsOwnLimit() {
    feed(peer, "17        ");

    assertThat(peer.isOpen()).isFalse();
    assertThat(log.lines())
        .endsWith(
            "unknown rejected (name-too-long): the name has 17 bytes, limit 16, expected a name"
                + " within the limit");
  }

  @Test
  void logsARejectionOnceAndTheDepartureOfAMember() {
    feed(peer, "5         alice");
    feed(peer, "bad header");
    feed(peer, "more");
    settle();

    assertThat(log.lines())
        .containsExactly(
            "unknown, user: listener",
            "unknown, user: alice",
            "unknown rejected (malformed-header): its bytes are shown with a transcript only,"
                + " expected 10 bytes of optional spaces, 1 to 10 digits, optional spaces",
            "alice disconnected");
  }

  @Test
  void closesConnectionsThatRegisterTooSlowlyEvenIfBytesDripIn() {
    for (int second = 0; second < 9; second++) {
      feed(peer, second == 0 ? "9" : " ");
      pass(Duration.ofSeconds(1));
    }
    assertThat(peer.isOpen()).isTrue();

    pass(Duration.ofSeconds(1));

    assertThat(peer.isOpen()).isFalse();
    assertThat(log.lines())
        .endsWith(
            "unknown rejected (registration-timeout): no complete name or request after 10000 ms,"
                + " expected a complete registration in time");
  }

  @Test
  void registrationTimeoutDoesNotAffectMembers() {
    feed(peer, "5         alice");
    pass(Duration.ofMinutes(10));

    assertThat(peer.isOpen()).isTrue();
    feed(peer, "2         hi");
    assertThat(heard()).isEqualTo("5         alice2         hi");
  }

  @Test
  void dropsAnUnfinishedMessageAtTheEnd() {
    feed(peer, "5         alice2         hi5         hel");
    peer.close();
    settle();

    assertThat(heard()).isEqualTo("5         alice2         hi");
    assertThat(log.lines()).endsWith("alice disconnected");
  }

  @Test
  void makesNamesVisibleInTheLog() {
    feed(peer, TestPeer.frame("\u001b[2Jevil\n\u202e"));
    peer.close();

    assertThat(log.lines())
        .endsWith("unknown, user: \\x1b[2Jevil\\n\\u202e", "\\x1b[2Jevil\\n\\u202e disconnected")
        .noneMatch(line -> line.contains("\u001b"));
  }

  @Test
  void writesATranscriptOnlyWhenAskedTo() {
    EmbeddedChannel talker = new EmbeddedChannel();
    SeedRoom ownRoom = roomOf(talker).seeds();
    open(talker, ownRoom, true);
    feed(talker, TestPeer.frame("bob") + TestPeer.frame("hi\n\u001b[0mx"));
    feed(peer, "5         alice2         hi");
    talker.finishAndReleaseAll();

    assertThat(log.lines())
        .contains("unknown---bob:    hi\\n\\x1b[0mx")
        .noneMatch(line -> line.contains("alice:"));
  }

  @Test
  void treatsAResetAsOrdinary() {
    feed(peer, "5         alice");
    peer.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(peer.isOpen()).isFalse();
    assertThat(log.lines()).endsWith("alice disconnected").noneMatch(l -> l.contains("reset"));
  }

  @Test
  void reportsAnErrorOfOurOwnAndClosesOnlyThatConnection() {
    peer.pipeline()
        .addBefore(
            peer.pipeline().lastContext().name(),
            "broken",
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object msg) {
                io.netty.util.ReferenceCountUtil.release(msg);
                throw new IllegalStateException("a bug");
              }
            });
    feed(peer, "5         alice");

    assertThat(peer.isOpen()).isFalse();
    assertThat(listener.isOpen()).isTrue();
    assertThat(log.lines()).endsWith("unknown closed after an internal error");
  }

  /** Some bytes of one piece arrive at once, and the rest later. */
  @Test
  void delaysMembersOverTheirRateAndLosesNothing() {
    EmbeddedChannel talker = talker(new RateLimit(10, 5));
    int messages = 100;
    StringBuilder all = new StringBuilder("1         t");
    for (int n = 0; n < messages; n++) {
      all.append(TestPeer.frame("" + n));
    }
    feed(talker, all.toString());
    talker.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(heardFrom(talker)).isEqualTo(relayed(0, 5));
    for (int n = 5; n < messages; n++) {
      pass(talker, Duration.ofMillis(99));
      assertThat(heardFrom(talker)).isEmpty();
      assertThat(talker.isOpen()).isTrue();
      pass(talker, Duration.ofMillis(1));
      assertThat(heardFrom(talker)).isEqualTo(relayed(n, n + 1));
    }
    // The token for the last message is spent, too; the end of the stream comes after it.
    pass(talker, Duration.ofMillis(100));
    assertThat(talker.isOpen()).isFalse();
    talker.finishAndReleaseAll();
  }

  @Test
  void letsABurstOfMessagesThroughAtOnce() {
    EmbeddedChannel talker = talker(new RateLimit(50, 500));
    feed(talker, "1         t" + "1         x".repeat(501));

    assertThat(heardFrom(talker)).isEqualTo("1         t1         x".repeat(500));
    pass(talker, Duration.ofMillis(20));
    assertThat(heardFrom(talker)).isEqualTo("1         t1         x");
    talker.finishAndReleaseAll();
  }

  @Test
  void doesNotReadFromMembersOverTheirRate() {
    EmbeddedChannel talker = talker(new RateLimit(10, 1));
    feed(talker, "1         t1         x");

    assertThat(talker.config().isAutoRead()).isFalse();
    pass(talker, Duration.ofMillis(100));
    assertThat(talker.config().isAutoRead()).isTrue();
    talker.finishAndReleaseAll();
  }

  @Test
  void closesAfterTheEndOfStreamOnceCompleteMessagesAreDelivered() {
    feed(peer, "5         alice2         hi5         hel");
    peer.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(peer.isOpen()).isFalse();
    assertThat(heard()).isEqualTo("5         alice2         hi");
    assertThat(log.lines()).endsWith("alice disconnected");
  }

  /** A member in a room of its own; the test controls its clock. */
  private EmbeddedChannel talker(RateLimit rateLimit) {
    EmbeddedChannel talker = new EmbeddedChannel();
    talker.freezeTime();
    SeedRoom ownRoom = roomOf(talker, witness).seeds();
    open(witness, ownRoom, false);
    feed(witness, "1         w");
    open(talker, ownRoom, false, rateLimit);
    return talker;
  }

  private String heardFrom(EmbeddedChannel talker) {
    talker.runPendingTasks();
    witness.runPendingTasks();
    return outbound(witness);
  }

  private static String relayed(int from, int to) {
    StringBuilder messages = new StringBuilder();
    for (int n = from; n < to; n++) {
      messages.append("1         t").append(TestPeer.frame("" + n));
    }
    return messages.toString();
  }

  private static TestRoom roomOf(EmbeddedChannel... channels) {
    return TestRoom.on(List.of(channels), TestRoom.USUAL);
  }

  private void open(EmbeddedChannel channel) {
    open(channel, room.seeds(), false);
  }

  private static void open(EmbeddedChannel channel, SeedRoom room, boolean transcript) {
    open(channel, room, transcript, new RateLimit(0, 1));
  }

  private static void open(
      EmbeddedChannel channel, SeedRoom room, boolean transcript, RateLimit rateLimit) {
    ConnectionLog connections = new ConnectionLog(transcript, Metrics.NOOP);
    SeedLog seeds = new SeedLog(connections, transcript, Metrics.NOOP);
    channel
        .pipeline()
        .addLast(
            new FrontDoors(
                List.of(new SeedSurface(room, new People(), new Limits(16, 100), rateLimit, seeds)),
                Duration.ofSeconds(10),
                new ConnectionLimits(100, 0, false, address -> false, SILENT),
                watches(),
                connections,
                null));
    channel.pipeline().fireChannelActive();
  }

  private static ConnectionWatches watches() {
    return new ConnectionWatches(
        Duration.ofSeconds(30), 1_000_000, Duration.ofMinutes(3), channel -> 0, SILENT);
  }

  private static void feed(EmbeddedChannel channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    feed(channel, bytes, 0, bytes.length);
  }

  private static void feed(EmbeddedChannel channel, byte[] bytes, int from, int to) {
    ByteBuf piece = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, to - from));
    piece.writeBytes(bytes, from, to - from);
    if (channel.isOpen()) {
      channel.writeInbound(piece);
    } else {
      piece.release();
    }
  }

  private void settle() {
    peer.runPendingTasks();
    listener.runPendingTasks();
  }

  private void pass(Duration time) {
    pass(peer, time);
  }

  private static void pass(EmbeddedChannel channel, Duration time) {
    channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private String heard() {
    settle();
    return outbound(listener);
  }

  private static String outbound(Channel channel) {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = ((EmbeddedChannel) channel).readOutbound();
        out != null;
        out = ((EmbeddedChannel) channel).readOutbound()) {
      all.append(out.toString(StandardCharsets.UTF_8));
      out.release();
    }
    return all.toString();
  }
}
