package io.chatroom.server.front;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Violation;
import io.chatroom.server.LogCapture;
import io.chatroom.server.metrics.LoopMetrics;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.metrics.RequestKind;
import io.chatroom.server.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Detects protocols by the first bytes; the test moves the clock. */
class FrontDoorTest {

  private static final String SEED = "5         alice";
  private static final String VERSION_1 = "PROXY TCP4 192.0.2.7 192.0.2.1 4711 3306\r\n";
  private static final String VERSION_2 =
      "\r\n\r\n\0\r\nQUIT\n!\u0011\0\u000c\u00c0\0\u0002\7\u00c0\0\u0002\1\u0012g\u000c\u00ea";

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final String TOO_LATE =
      " rejected (registration-timeout): no complete name or request after 10000 ms, expected a complete"
          + " registration in time";

  @TempDir static Path keys;

  private static ServerTls tls;
  private static ServerTls tlsOnly;
  private static SslContext clients;

  private final LogCapture lines = new LogCapture();
  private final List<Outcome> ended = new ArrayList<>();
  private final List<Violation> violations = new ArrayList<>();
  private final ConnectionLog log = new ConnectionLog(false, counts());
  private final List<EmbeddedChannel> open = new ArrayList<>();

  private final Behind seed =
      new Behind(
          "seed",
          bytes -> {
            char first = (char) bytes.getUnsignedByte(bytes.readerIndex());
            return first == ' ' || (first >= '0' && first <= '9')
                ? ProtocolDetectionState.DETECTED
                : ProtocolDetectionState.INVALID;
          });

  /** The surfaces; the last one receives what the others do not recognise. */
  private final List<Behind> surfaces = List.of(begins("CHATROOM/2"), begins("GET "), seed);

  @BeforeAll
  static void openTls() throws IOException {
    tls = ServerTls.selfSigned(keys, false);
    tlsOnly = ServerTls.selfSigned(keys, true);
    clients =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build();
  }

  @AfterAll
  static void closeTls() {
    tls.close();
    tlsOnly.close();
  }

  @AfterEach
  void close() {
    open.forEach(EmbeddedChannel::finishAndReleaseAll);
    lines.close();
  }

  // ---- surfaces

  /** One byte is enough for almost every protocol. */
  @Test
  void detectsByTheFirstByteIfPossible() {
    for (int first = 0; first < 256; first++) {
      EmbeddedChannel peer = connect(false, null);
      String byteAsText = String.valueOf((char) first);
      feed(peer, byteAsText);

      if (first == 'C' || first == 'G') {
        assertThat(isUndecided(peer)).as("after 0x%02x", first).isTrue();
      } else {
        assertThat(isUndecided(peer)).as("after 0x%02x", first).isFalse();
        assertThat(seed.heard).as("after 0x%02x", first).hasToString(byteAsText);
      }
      peer.finishAndReleaseAll();
      seed.heard.setLength(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CHATROOM/2", "GET "})
  void decidesAtTheFirstDecisiveByte(String beginning) {
    EmbeddedChannel peer = connect(false, null);
    Behind expected = surfaces.get(beginning.startsWith("C") ? 0 : 1);
    for (int i = 0; i < beginning.length(); i++) {
      assertThat(isUndecided(peer)).as("after %d bytes", i).isTrue();
      feed(peer, beginning.substring(i, i + 1));
    }
    assertThat(isUndecided(peer)).isFalse();
    assertThat(expected.heard).hasToString(beginning);
    feed(peer, " and more");

    assertThat(expected.heard).hasToString(beginning + " and more");
    assertThat(seed.heard).isEmpty();
  }

  /**
   * Bytes that almost match a prefix go to the last surface, all of them, at the first mismatch.
   */
  @ParameterizedTest
  @ValueSource(strings = {"CHATROOM/2", "GET "})
  void leavesUnknownPrefixesToTheLastSurface(String beginning) {
    for (int wrong = 1; wrong < beginning.length(); wrong++) {
      EmbeddedChannel peer = connect(false, null);
      String almost = beginning.substring(0, wrong);
      for (int i = 0; i < wrong; i++) {
        feed(peer, almost.substring(i, i + 1));
      }
      assertThat(isUndecided(peer)).isTrue();
      feed(peer, "#more");

      assertThat(isUndecided(peer)).isFalse();
      assertThat(seed.heard).hasToString(almost + "#more");
      seed.heard.setLength(0);
    }
  }

  @Test
  void waitsForNoMoreBytesThanTheLongestPrefix() {
    List<Behind> undecided =
        List.of(new Behind("x", bytes -> ProtocolDetectionState.NEEDS_MORE_DATA), seed);
    EmbeddedChannel peer = connect(undecided, false, null);
    feed(peer, "x".repeat(FrontDoor.MOST_BYTES - 1));
    assertThat(isUndecided(peer)).isTrue();
    feed(peer, "x");

    assertThat(seed.heard).hasToString("x".repeat(FrontDoor.MOST_BYTES));
  }

  /** Held bytes must not retain the large read buffer. */
  @Test
  void holdsOnlyAFewBytes() {
    EmbeddedChannel peer = connect(false, null);
    ByteBuf large = PooledByteBufAllocator.DEFAULT.directBuffer(65_536);
    peer.writeInbound(large.writeBytes("CHAT".getBytes(ISO_8859_1)));

    assertThat(large.refCnt()).isZero();
    assertThat(watches.waitingBytes()).isBetween(4L, (long) FrontDoor.MOST_BYTES);
    peer.close();
    assertThat(watches.waitingBytes()).isZero();
  }

  @Test
  void watchesEachConnectionInOnePlace() {
    EmbeddedChannel peer = connect(false, null);
    assertThat(peer.pipeline().toMap().values())
        .filteredOn(handler -> handler instanceof WatchedConnection)
        .hasSize(1);
    feed(peer, SEED);

    assertThat(peer.pipeline().toMap().values())
        .filteredOn(handler -> handler instanceof WatchedConnection)
        .singleElement()
        .isNotInstanceOf(FrontDoor.class);
  }

  // ---- PROXY

  static Stream<String> proxies() {
    return Stream.of(VERSION_1, VERSION_2);
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void removesTheProxyHeaderWhereverItIsSplit(String header) {
    String all = header + SEED;
    for (int cut = 1; cut < all.length(); cut++) {
      EmbeddedChannel peer = connect(true, null);
      feed(peer, all.substring(0, cut));
      feed(peer, all.substring(cut));

      assertThat(seed.heard).as("cut at %d", cut).hasToString(SEED);
      assertThat(PeerAddress.withPort(peer)).as("cut at %d", cut).isEqualTo("192.0.2.7:4711");
      assertThat(peer.pipeline().toMap()).as("cut at %d", cut).hasSize(3);
      seed.heard.setLength(0);
    }
    EmbeddedChannel peer = connect(true, null);
    all.chars().forEach(c -> feed(peer, String.valueOf((char) c)));
    assertThat(seed.heard).hasToString(SEED);
  }

  /** Netty's decoder would wait for the end of a line. */
  @Test
  void refusesAtOnceAConnectionWithoutAProxyHeader() {
    for (int first = 0; first < 256; first++) {
      EmbeddedChannel peer = connect(true, tls);
      feed(peer, String.valueOf((char) first));

      assertThat(peer.isOpen()).as("0x%02x", first).isEqualTo(first == 'P' || first == '\r');
    }
    assertThat(lines.lines())
        .contains(
            "unknown refused: expected a PROXY protocol header, version 1 or 2 (proxyProtocol)");
    assertThat(ended).hasSize(254).containsOnly(Outcome.REFUSED_PROXY_HEADER);
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void refusesAtTheFirstByteThatIsNoProxyHeader(String header) {
    int beginning = header.startsWith("P") ? 6 : 12;
    for (int wrong = 1; wrong < beginning; wrong++) {
      EmbeddedChannel peer = connect(true, null);
      feed(peer, header.substring(0, wrong));
      assertThat(peer.isOpen()).isTrue();
      feed(peer, "#" + SEED);

      assertThat(peer.isOpen()).as("wrong at %d", wrong).isFalse();
    }
    assertThat(ended).hasSize(beginning - 1).containsOnly(Outcome.REFUSED_PROXY_HEADER);
    assertThat(seed.heard).isEmpty();
  }

  @Test
  void acceptsAProxyHeaderOnlyOnceAndOnlyIfConfigured() {
    feed(connect(true, null), VERSION_1 + VERSION_1);
    assertThat(seed.heard).hasToString(VERSION_1);
    feed(connect(false, null), VERSION_2);
    assertThat(seed.heard).hasToString(VERSION_1 + VERSION_2);
  }

  // ---- TLS

  @Test
  void detectsAgainInsideTls() {
    for (String beginning : List.of(SEED, "CHATROOM/2 hello", "GET / HTTP/1.1", "\u0016\u0003")) {
      Client client = new Client(connect(false, tls), "");
      client.shakeHands();
      for (int i = 0; i < beginning.length(); i++) {
        client.sends(beginning.substring(i, i + 1));
      }
      Behind expected =
          beginning.startsWith("C")
              ? surfaces.get(0)
              : beginning.startsWith("G") ? surfaces.get(1) : seed;
      assertThat(expected.heard).hasToString(beginning);
      surfaces.forEach(surface -> surface.heard.setLength(0));
      client.end();
    }
  }

  /** A PROXY header and a client's hello, split once at any place. */
  @ParameterizedTest
  @MethodSource("proxies")
  void detectsBehindProxyAndTlsWhereverTheyAreSplit(String header) {
    Client first = new Client(connect(true, tls), header);
    int helloBytes = first.hello().length();
    first.end();
    for (int cut = 1; cut < helloBytes; cut += cut < header.length() + 20 ? 1 : 13) {
      Client client = new Client(connect(true, tls), header);
      client.shakeHands(cut);
      client.sends(SEED);

      assertThat(seed.heard).as("cut at %d", cut).hasToString(SEED);
      assertThat(PeerAddress.withPort(client.server)).isEqualTo("192.0.2.7:4711");
      seed.heard.setLength(0);
      client.end();
    }
  }

  @Test
  void refusesPlainTextByItsFirstByteIfTlsIsRequired() {
    EmbeddedChannel peer = connect(false, tlsOnly);
    feed(peer, "C");
    feed(peer, "HATROOM/2");

    assertThat(peer.isOpen()).isFalse();
    assertThat(violations).containsExactly(Violation.PLAIN_TEXT);
    assertThat(lines.lines())
        .singleElement()
        .asString()
        .startsWith("unknown rejected (plain-text): the first byte is 0x43, expected ");
    assertThat(ended).containsExactly(Outcome.VIOLATION);
    assertThat(surfaces).allMatch(surface -> surface.heard.isEmpty());
  }

  // ---- time

  /** The states in which a connection can reach its deadline. */
  static Stream<String> beginnings() {
    return Stream.of(
        "",
        "P",
        VERSION_1.substring(0, 20),
        VERSION_1,
        VERSION_1 + "CHAT",
        VERSION_1 + SEED,
        VERSION_1 + "\u0016",
        VERSION_1 + "\u0016\u0003\u0001\u0001\0\1");
  }

  @ParameterizedTest
  @MethodSource("beginnings")
  void appliesOneDeadlineToEverythingBeforeRegistration(String beginning) {
    EmbeddedChannel peer = connect(true, tls);
    pass(peer, Duration.ofSeconds(3));
    feed(peer, beginning);
    pass(peer, Duration.ofMillis(6_999));
    assertThat(peer.isOpen()).isTrue();
    pass(peer, Duration.ofMillis(1));

    assertThat(peer.isOpen()).isFalse();
    assertThat(lines.lines())
        .singleElement()
        .asString()
        .isEqualTo((beginning.startsWith(VERSION_1) ? "192.0.2.7:4711" : "unknown") + TOO_LATE);
    assertThat(violations).containsExactly(Violation.REGISTRATION_TIMEOUT);
    assertThat(ended).containsExactly(Outcome.VIOLATION);
  }

  @Test
  void doesNotExtendTheDeadlineInsideTls() {
    Client client = new Client(connect(false, tls), "");
    client.shakeHands();
    client.sends("CHAT");
    pass(client.server, TIMEOUT);

    assertThat(client.server.isOpen()).isFalse();
    assertThat(violations).containsExactly(Violation.REGISTRATION_TIMEOUT);
    client.end();
  }

  @Test
  void endsTheDeadlineAtRegistration() {
    EmbeddedChannel peer = connect(false, null);
    feed(peer, SEED);
    seed.newcomer().endDeadline();
    pass(peer, Duration.ofDays(1));

    assertThat(peer.isOpen()).isTrue();
    assertThat(lines.lines()).isEmpty();
  }

  @Test
  void leavesNoTimerBehind() {
    EmbeddedChannel peer = connect(false, null);
    feed(peer, "CHAT");
    peer.close();
    pass(peer, TIMEOUT);

    assertThat(lines.lines()).isEmpty();
    assertThat(ended).containsExactly(Outcome.UNREGISTERED);
  }

  // ---- its end

  @ParameterizedTest
  @ValueSource(strings = {"", "C", "P"})
  void closesAConnectionThatEndsBeforeItsProtocolIsKnown(String beginning) {
    EmbeddedChannel peer = connect(beginning.equals("P"), null);
    feed(peer, beginning);
    peer.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

    assertThat(peer.isOpen()).isFalse();
    assertThat(ended).containsExactly(Outcome.UNREGISTERED);
    assertThat(lines.lines()).isEmpty();
  }

  @Test
  void treatsAResetAsNormal() {
    EmbeddedChannel peer = connect(false, null);
    peer.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(peer.isOpen()).isFalse();
    assertThat(ended).containsExactly(Outcome.BROKEN);
    assertThat(lines.lines()).isEmpty();
  }

  // ---- how

  private final ConnectionWatches watches =
      new ConnectionWatches(
          Duration.ofSeconds(30), 1_000_000, Duration.ofMinutes(3), channel -> 0, log);

  private EmbeddedChannel connect(boolean proxied, @Nullable ServerTls tls) {
    return connect(surfaces, proxied, tls);
  }

  private EmbeddedChannel connect(List<Behind> behind, boolean proxied, @Nullable ServerTls tls) {
    EmbeddedChannel peer = new EmbeddedChannel();
    peer.freezeTime();
    peer.pipeline()
        .addLast(
            new FrontDoors(
                List.copyOf(behind),
                TIMEOUT,
                new ConnectionLimits(100, 0, proxied, address -> false, log),
                watches,
                log,
                tls));
    peer.pipeline().fireChannelActive();
    open.add(peer);
    return peer;
  }

  private static boolean isUndecided(EmbeddedChannel peer) {
    return peer.pipeline().get(FrontDoor.class) != null;
  }

  private static void feed(EmbeddedChannel peer, String text) {
    if (peer.isOpen()) {
      peer.writeInbound(
          PooledByteBufAllocator.DEFAULT
              .directBuffer(1 + text.length())
              .writeBytes(text.getBytes(ISO_8859_1)));
    }
  }

  private static void pass(EmbeddedChannel peer, Duration time) {
    peer.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    peer.runScheduledPendingTasks();
    peer.runPendingTasks();
  }

  private Metrics counts() {
    return new Metrics() {

      @Override
      public LoopMetrics ofLoop() {
        return LoopMetrics.NOOP;
      }

      @Override
      public void joined() {}

      @Override
      public void ended(Outcome outcome) {
        ended.add(outcome);
      }

      @Override
      public void violation(Violation violation) {
        violations.add(violation);
      }

      @Override
      public void delayed(long nanos) {}

      @Override
      public void requested(RequestKind kind, int status) {}
    };
  }

  private Behind begins(String text) {
    return new Behind(text, FirstBytes.of(text)::of);
  }

  /** A surface for one connection at a time. */
  private final class Behind implements Surface {

    final StringBuilder heard = new StringBuilder();
    private final String name;
    private final Function<ByteBuf, ProtocolDetectionState> begins;
    private @Nullable Newcomer newcomer;

    Behind(String name, Function<ByteBuf, ProtocolDetectionState> begins) {
      this.name = name;
      this.begins = begins;
    }

    Newcomer newcomer() {
      return Objects.requireNonNull(newcomer);
    }

    @Override
    public ProtocolDetectionState begins(ByteBuf bytes) {
      return begins.apply(bytes);
    }

    @Override
    public void take(Newcomer newcomer) {
      this.newcomer = newcomer;
      newcomer
          .pipeline()
          .addLast(
              new WatchedConnection(newcomer) {
                @Override
                protected int waitingBytes() {
                  return 0;
                }

                @Override
                protected long completed() {
                  return 0;
                }
              })
          .addLast(
              new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                  ByteBuf bytes = (ByteBuf) message;
                  heard.append(bytes.toString(ISO_8859_1));
                  bytes.release();
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                  ConnectionFailure.end(ctx, cause, false, log);
                }

                @Override
                public void channelInactive(ChannelHandlerContext ctx) {
                  log.leftUnregistered(ctx.channel());
                }
              });
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /** A TLS client, behind a PROXY header if there is one. */
  private static final class Client {

    final EmbeddedChannel server;
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SslHandler theirs = clients.newHandler(channel.alloc());
    private final String proxy;

    Client(EmbeddedChannel server, String proxy) {
      this.server = server;
      this.proxy = proxy;
      channel.pipeline().addLast(theirs);
    }

    /** The first bytes that it sends, including the PROXY header. */
    String hello() {
      StringBuilder hello = new StringBuilder(proxy);
      for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
        hello.append(out.toString(ISO_8859_1));
        out.release();
      }
      return hello.toString();
    }

    void shakeHands() {
      shakeHands(1);
    }

    void shakeHands(int cut) {
      String hello = hello();
      feed(server, hello.substring(0, Math.min(cut, hello.length())));
      feed(server, hello.substring(Math.min(cut, hello.length())));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!theirs.handshakeFuture().isDone() || !ours().handshakeFuture().isDone()) {
        assertThat(System.nanoTime() - end).as("the handshake has time").isNegative();
        server.runPendingTasks(); // the results of other threads
        carry(server, channel);
        carry(channel, server);
        Thread.onSpinWait();
      }
      assertThat(theirs.handshakeFuture().isSuccess()).isTrue();
      assertThat(ours().handshakeFuture().isSuccess()).isTrue();
    }

    private SslHandler ours() {
      return server.pipeline().get(SslHandler.class);
    }

    void sends(String text) {
      channel.writeOutbound(
          channel.alloc().buffer(text.length()).writeBytes(text.getBytes(ISO_8859_1)));
      carry(channel, server);
    }

    private static void carry(EmbeddedChannel from, EmbeddedChannel to) {
      for (ByteBuf out = from.readOutbound(); out != null; out = from.readOutbound()) {
        to.writeInbound(out);
      }
    }

    void end() {
      channel.finishAndReleaseAll();
      server.finishAndReleaseAll();
    }
  }
}
