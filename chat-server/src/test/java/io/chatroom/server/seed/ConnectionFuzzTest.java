package io.chatroom.server.seed;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.protocol.Frame;
import io.chatroom.protocol.Limits;
import io.chatroom.protocol.WireModel;
import io.chatroom.server.LogCapture;
import io.chatroom.server.StickySocket;
import io.chatroom.server.front.ConnectionLimits;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.ConnectionWatches;
import io.chatroom.server.front.FrontDoors;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.RateLimit;
import io.chatroom.server.front.Surface;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.names.People;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ProtocolDetectionState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Four peers act at random, each on an event loop of its own, beside a witness that listens and
 * sends one last message. Always, each peer's frames reach the room exactly as {@link WireModel}
 * reads its bytes, and the witness receives all messages in the order in which they reached the
 * room. So does every peer that reads, without its own messages. A peer that has ever stopped
 * reading receives whole messages in that order, and the last one. Nothing is thrown, and nothing
 * leaks.
 *
 * <p>An input is a program of single letters, each followed by its arguments; {@code P} is a peer,
 * any byte modulo 4, and {@code N} a byte. Unknown letters are skipped.
 *
 * <pre>
 *   n P N bytes   a well-formed frame with the next N bytes as its payload
 *   b P N bytes   the next N bytes as they are
 *   x P N         N modulo 16, plus 1, messages of 8 KiB
 *   f P           ends its stream;      r P  resets the connection
 *   s P           stops reading;        u P  reads again
 *   g P           its event loop runs;  w    the witness's runs
 *   t N           N tenths of a second pass
 * </pre>
 */
class ConnectionFuzzTest {

  private static final int BULK_BYTES = 8_192;
  private static final Limits LIMITS = new Limits(64, BULK_BYTES);

  /** Small, so that inputs that fill it are cheap. */
  private static final BacklogPolicy BACKLOGS =
      new BacklogPolicy(64 * 1024, Duration.ofMillis(250), SlowMember.DROP);

  private static final Duration REGISTRATION = Duration.ofSeconds(10);
  private static final int MAX_BULK_BYTES = 6 * 1024 * 1024;
  private static final int MAX_READ_BYTES = 16 * 1024;
  private static final ConnectionLog LOG = new ConnectionLog(false, Metrics.NOOP);
  private static final SeedLog SEED_LOG = new SeedLog(LOG, false, Metrics.NOOP);

  /** In the profile for fuzzing the room's allocator counts to the byte; else LeakGuard watches. */
  private static final boolean COUNTS =
      ByteBufAllocator.DEFAULT instanceof UnpooledByteBufAllocator;

  private final LogCapture log = new LogCapture();

  @AfterEach
  void close() {
    log.close();
  }

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    theWitnessReceivesWhatTheModelPredicts(input);
  }

  @FuzzTest
  void theWitnessReceivesWhatTheModelPredicts(byte[] input) {
    long before = usedByTheRoom();
    Run run = new Run();
    try {
      run.play(ByteBuffer.wrap(input));
      run.judge();
    } finally {
      run.end();
    }
    assertThat(log.errors()).isEmpty();
    log.clear();
    assertThat(run.memory.metric().usedHeapMemory()).as("bytes not released").isZero();
    assertThat(usedByTheRoom()).as("bytes of the room not released").isEqualTo(before);
  }

  private static long usedByTheRoom() {
    if (!COUNTS) {
      return 0;
    }
    var metric = UnpooledByteBufAllocator.DEFAULT.metric();
    return metric.usedDirectMemory() + metric.usedHeapMemory();
  }

  /** The run of one input. */
  private static final class Run {

    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);
    private final Peer witness = new Peer("witness");
    private final List<Peer> peers =
        IntStream.range(0, 4).mapToObj(i -> new Peer("peer " + i)).toList();
    private final List<Peer> everybody = Stream.concat(Stream.of(witness), peers.stream()).toList();

    /** All messages, in order. */
    private final List<Said> said = new ArrayList<>();

    private int bulkBytes;

    Run() {
      SeedRoom room =
          TestRoom.on(
                  everybody.stream().map(peer -> peer.channel).toList(),
                  BACKLOGS,
                  Long.MAX_VALUE,
                  SEED_LOG,
                  Metrics.NOOP)
              .seeds();
      for (Peer peer : everybody) {
        peer.channel.config().setAllocator(memory);
        peer.channel.pipeline().addLast(doors(room, peer));
        peer.channel.pipeline().fireChannelActive();
      }
      sends(witness, frame("witness".getBytes(UTF_8)));
      witness.channel.runPendingTasks();
    }

    /** As {@code ChatServer} sets it up by default, except for the limits and the rate. */
    private FrontDoors doors(SeedRoom room, Peer peer) {
      ConnectionWatches watches =
          new ConnectionWatches(
              Duration.ofSeconds(30), Long.MAX_VALUE, Duration.ofMinutes(3), channel -> 0, LOG);
      return new FrontDoors(
          List.of(
              tapped(
                  new SeedSurface(room, new People(), LIMITS, new RateLimit(0, 1), SEED_LOG),
                  peer)),
          REGISTRATION,
          new ConnectionLimits(100, 0, false, address -> false, LOG),
          watches,
          LOG,
          null);
    }

    private Surface tapped(Surface seed, Peer peer) {
      return new Surface() {

        @Override
        public ProtocolDetectionState begins(ByteBuf bytes) {
          return seed.begins(bytes);
        }

        @Override
        public void take(Newcomer newcomer) {
          seed.take(newcomer);
          tap(peer);
        }
      };
    }

    void play(ByteBuffer input) {
      while (input.hasRemaining()) {
        switch (input.get()) {
          case 'n' -> sends(peer(input), frame(bytes(input)));
          case 'b' -> sends(peer(input), bytes(input));
          case 'x' -> sendsBulk(peer(input), 1 + number(input) % 16);
          case 'f' -> peer(input).endsItsStream();
          case 'r' -> peer(input).resets();
          case 's' -> peer(input).stopsReading();
          case 'u' -> peer(input).readsAgain();
          case 'g' -> peer(input).channel.runPendingTasks();
          case 'w' -> witness.channel.runPendingTasks();
          case 't' -> passes(Duration.ofMillis(100L * number(input)));
          default -> {}
        }
        pump();
      }
    }

    private Peer peer(ByteBuffer input) {
      return peers.get(number(input) % 4);
    }

    private static int number(ByteBuffer input) {
      return input.hasRemaining() ? input.get() & 0xFF : 0;
    }

    private static byte[] bytes(ByteBuffer input) {
      byte[] bytes = new byte[Math.min(number(input), input.remaining())];
      input.get(bytes);
      return bytes;
    }

    private static byte[] frame(byte[] payload) {
      byte[] header = String.format("%-10d", payload.length).getBytes(UTF_8);
      return concat(header, payload);
    }

    private void sendsBulk(Peer peer, int messages) {
      byte[] payload = new byte[BULK_BYTES];
      for (int i = 0; i < messages && bulkBytes < MAX_BULK_BYTES; i++) {
        Arrays.fill(payload, (byte) ('a' + said.size() % 26));
        sends(peer, frame(payload));
        bulkBytes += payload.length;
      }
    }

    private void sends(Peer peer, byte[] bytes) {
      if (peer.hasEnded) {
        return;
      }
      peer.onItsWay.writeBytes(bytes);
      pump();
    }

    private void passes(Duration time) {
      for (Peer peer : everybody) {
        peer.age = peer.age.plus(time);
        peer.channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        peer.channel.runScheduledPendingTasks();
        peer.channel.runPendingTasks();
      }
      for (Peer peer : peers) {
        if (peer.isAwaited() && peer.age.compareTo(REGISTRATION) >= 0) {
          assertThat(peer.channel.isOpen()).as("%s, too late to register", peer).isFalse();
        }
        if (!peer.channel.isOpen() && !peer.hasEnded) {
          assertThat(peer.isAwaited() || peer.model.isInsideAFrame() || peer.hasEverStopped)
              .as("%s had time", peer)
              .isTrue();
          peer.hasEnded = true;
          peer.mayLose = true;
        }
      }
    }

    /** Acts as TCP: delivers sent bytes to peers that are read from. */
    private void pump() {
      for (Peer peer : everybody) {
        while (peer.channel.isOpen()
            && peer.channel.config().isAutoRead()
            && peer.onItsWay.size() > 0) {
          byte[] waiting = peer.onItsWay.toByteArray();
          byte[] read = Arrays.copyOf(waiting, Math.min(waiting.length, MAX_READ_BYTES));
          peer.onItsWay.reset();
          peer.onItsWay.write(waiting, read.length, waiting.length - read.length);
          reads(peer, read);
        }
        if (peer.endsAfterAll && peer.onItsWay.size() == 0) {
          peer.endsAfterAll = false;
          peer.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
      }
    }

    private void reads(Peer peer, byte[] bytes) {
      peer.meant.addAll(peer.model.feed(bytes));
      peer.channel.writeInbound(memory.buffer(bytes.length).writeBytes(bytes));
      if (!peer.channel.isOpen()) {
        assertThat(peer.model.violation()).as("why %s was closed", peer).isNotNull();
        peer.hasEnded = true;
      }
    }

    /** Notes which frames reach the room, and in which order. */
    private void tap(Peer peer) {
      ChannelPipeline pipeline = peer.channel.pipeline();
      pipeline.addBefore(
          pipeline.context(RegistrationHandler.class).name(),
          "tap",
          new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
              byte[] frame = ByteBufUtil.getBytes(((Frame) message).bytes());
              if (peer.passed.isEmpty()) {
                peer.joinedAt = said.size();
              } else {
                said.add(new Said(peer, concat(peer.passed.get(0), frame)));
              }
              peer.passed.add(frame);
              ctx.fireChannelRead(message);
            }
          });
    }

    private static byte[] concat(byte[] first, byte[] second) {
      byte[] both = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, both, first.length, second.length);
      return both;
    }

    void judge() {
      for (Peer peer : peers) {
        peer.readsAgain();
      }
      settle();
      // Every remaining peer receives the last message, however often it was skipped before.
      sends(witness, frame("good night".getBytes(UTF_8)));
      settle();
      assertThat(witness.channel.isOpen()).isTrue();
      for (Peer peer : everybody) {
        peer.channel.checkException();
        judge(peer);
      }
    }

    /** Peers that were held are read from once nobody has to be waited for. */
    private void settle() {
      for (int i = 0; i < 100 && !isQuiet(); i++) {
        everybody.forEach(peer -> peer.channel.runPendingTasks());
        pump();
        if (!isQuiet()) {
          passes(Duration.ofMillis(100));
        }
      }
      everybody.forEach(peer -> peer.channel.runPendingTasks());
      assertThat(isQuiet()).as("everybody is read from, or closed, in the end").isTrue();
    }

    private boolean isQuiet() {
      return everybody.stream()
          .allMatch(
              peer ->
                  peer.channel.isOpen()
                      ? !peer.hasEnded
                          && peer.model.violation() == null
                          && peer.onItsWay.size() == 0
                          && peer.passed.size() == peer.meant.size()
                      : peer.mayLose || peer.passed.size() == peer.meant.size());
    }

    private void judge(Peer peer) {
      byte[] got = peer.received();
      assertThat(peer.passed.size()).isLessThanOrEqualTo(peer.meant.size());
      for (int i = 0; i < peer.passed.size(); i++) {
        assertThat(Arrays.equals(peer.passed.get(i), peer.meant.get(i)))
            .as("frame %d of %s reached the room as the model reads it", i, peer)
            .isTrue();
      }
      if (peer.passed.isEmpty()) {
        assertThat(got).as("%s never came in", peer).isEmpty();
        return;
      }
      List<byte[]> due =
          said.subList(peer.joinedAt, said.size()).stream()
              .filter(one -> one.by != peer)
              .map(one -> one.pair)
              .toList();
      if (peer.hasEverStopped) {
        assertThat(isSomeOf(due, got, peer.channel.isOpen()))
            .as("%s got some of what was said, whole and in order", peer)
            .isTrue();
        if (peer.channel.isOpen()) {
          byte[] last = said.get(said.size() - 1).pair;
          assertThat(Arrays.copyOfRange(got, Math.max(0, got.length - last.length), got.length))
              .as("the last that %s got", peer)
              .isEqualTo(last);
        }
        return;
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      due.forEach(all::writeBytes);
      byte[] expected = all.toByteArray();
      if (!peer.channel.isOpen()) {
        expected = Arrays.copyOf(expected, Math.min(expected.length, got.length));
      }
      assertThat(Arrays.mismatch(got, expected))
          .as("%s got %d bytes of %d; first difference", peer, got.length, expected.length)
          .isEqualTo(-1);
    }

    /**
     * Returns true if the bytes are some of the pairs, in order; a close can cut the last one
     * short.
     */
    private static boolean isSomeOf(List<byte[]> pairs, byte[] got, boolean whole) {
      int from = 0;
      for (byte[] pair : pairs) {
        int to = Math.min(got.length, from + pair.length);
        if (to - from == pair.length && Arrays.equals(got, from, to, pair, 0, pair.length)) {
          from = to;
        } else if (!whole && Arrays.equals(got, from, got.length, pair, 0, to - from)) {
          return true;
        }
      }
      return from == got.length;
    }

    void end() {
      everybody.forEach(peer -> peer.channel.close());
      everybody.forEach(peer -> peer.channel.runPendingTasks());
      everybody.forEach(peer -> peer.channel.finishAndReleaseAll());
    }
  }

  /** A message in the room's order. */
  private static final class Said {

    final Peer by;
    final byte[] pair;

    Said(Peer by, byte[] pair) {
      this.by = by;
      this.pair = pair;
    }
  }

  /** A connection, the actions of its other end, and the model's reading of them. */
  private static final class Peer {

    final String description;
    final StickySocket channel = new StickySocket();
    final WireModel model = WireModel.ofClient(LIMITS);

    /** Sent, and not read by the server yet. */
    final ByteArrayOutputStream onItsWay = new ByteArrayOutputStream();

    /** Its frames so far, as the model reads them, and as they reached the room. */
    final List<byte[]> meant = new ArrayList<>();

    final List<byte[]> passed = new ArrayList<>();
    int joinedAt;
    Duration age = Duration.ZERO;
    boolean hasEnded;
    boolean endsAfterAll;

    /** True if it was reset or took too long: its earlier messages can be lost. */
    boolean mayLose;

    boolean hasEverStopped;

    Peer(String description) {
      this.description = description;
    }

    /** True if it still has to send its name. */
    boolean isAwaited() {
      return passed.isEmpty() && !hasEnded;
    }

    void endsItsStream() {
      hasEnded = true;
      endsAfterAll = true;
    }

    void resets() {
      if (channel.isOpen()) {
        hasEnded = true;
        mayLose = true;
        onItsWay.reset();
        channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(channel.isOpen()).as("%s after a reset", this).isFalse();
      }
    }

    void stopsReading() {
      hasEverStopped = true;
      channel.stick();
    }

    void readsAgain() {
      channel.unstick();
    }

    byte[] received() {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
        all.writeBytes(ByteBufUtil.getBytes(out));
        out.release();
      }
      return all.toByteArray();
    }

    @Override
    public String toString() {
      return description;
    }
  }
}
