package io.chatroom.server.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chatroom.server.transport.NoReadAfterEnd;
import io.chatroom.server.transport.Outlets;
import io.chatroom.server.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The direct way to sockets under random events: rounds of one or more shared bursts, own bytes in
 * place of some, peers that read slowly, not at all or all at once, that end their stream or reset
 * the connection, and newcomers, which get the descriptors of closed connections. Each peer
 * receives, byte for byte, what was sent to it, or the beginning of that if it reset the connection
 * or ended its stream; and all buffers are released.
 *
 * <p>A peer that has ended its stream can lose what the kernel does not take at once, on either
 * way: Netty (4.2.18) has removed its socket from the epoll set by then, and cannot wait for it.
 *
 * <p>Runs for two seconds, or {@code -Dsockets.duration=PT30M}; {@code -Dsockets.seed=N} starts
 * like a failed run. Only the times at which the kernel takes bytes differ from run to run.
 */
class SocketOutletRandomTest {

  private static final Duration DURATION =
      Duration.parse(System.getProperty("sockets.duration", "PT2S"));
  private static final long SEED = Long.getLong("sockets.seed", System.nanoTime());

  private static final int SECONDS = 60;
  private static final int PEERS = 12;
  private static final int STEPS = 300;

  private final Random random = new Random();
  private final BlockingQueue<ChannelHandlerContext> accepted = new LinkedBlockingQueue<>();
  private final byte[] noise = new byte[1 << 20];
  private final ByteBuffer input = ByteBuffer.allocate(256 * 1024);
  private final List<ByteBuf> unreleased = new ArrayList<>();
  private final BlockingQueue<Throwable> troubles = new LinkedBlockingQueue<>();
  private long sentBytes;
  private long rounds;

  @Test
  @Timeout(value = 1, unit = TimeUnit.DAYS)
  void everyPeerReceivesExactlyTheBytesSentToIt() throws Exception {
    assumeTrue(Epoll.isAvailable(), "no epoll here, so no direct way");
    Transport transport = Transport.of(Transport.Choice.EPOLL);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
    try {
      SocketAddress address = listen(transport, loops);
      long deadline = System.nanoTime() + DURATION.toNanos();
      long seed = SEED;
      do {
        random.setSeed(seed);
        try {
          play(address);
        } catch (Throwable e) {
          throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
        seed++;
      } while (System.nanoTime() - deadline < 0);
      assertThat(sentBytes).isPositive();
      if (System.getProperty("sockets.duration") != null) {
        System.out.printf(
            "%d programs, %d rounds, %d MB to peers%n", seed - SEED, rounds, sentBytes >> 20);
      }
    } finally {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  private SocketAddress listen(Transport transport, EventLoopGroup loops) {
    return new ServerBootstrap()
        .group(loops)
        .channel(transport.serverChannel())
        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
        .childOption(ChannelOption.SO_SNDBUF, 8 * 1024)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new NoReadAfterEnd(), new Connection());
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .syncUninterruptibly()
        .channel()
        .localAddress();
  }

  private final class Connection extends ChannelInboundHandlerAdapter {

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      accepted.add(ctx);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      troubles.add(cause);
      ctx.close(); // as the server does after an error on a connection
    }
  }

  /** One program: some peers, some steps, and the end of both. */
  private void play(SocketAddress address) throws Exception {
    random.nextBytes(noise);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      peers.add(new Peer(address));
    }
    for (int step = 0; step < STEPS; step++) {
      Peer peer = peers.get(random.nextInt(PEERS));
      switch (random.nextInt(24)) {
        case 0 -> {
          if (random.nextInt(3) == 0) {
            peer.endsItsStream();
          }
        }
        case 1 -> {
          if (random.nextInt(4) == 0) {
            peer.resets();
          }
        }
        case 2 -> {
          if (peer.gone) {
            peer.ctx.channel().close().sync();
            peers.set(peers.indexOf(peer), new Peer(address));
          }
        }
        case 3 -> peer.slow = !peer.slow;
        case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 -> round(peers);
        default -> peer.reads(1 + random.nextInt(60_000));
      }
      if (random.nextInt(4) == 0) {
        for (Peer each : peers) {
          if (!each.slow) {
            each.reads(256 * 1024);
          }
        }
      }
    }
    for (Peer peer : peers) {
      peer.hearsTheRest();
    }
    // A channel reports that it has closed a moment before it releases its buffers.
    peers.get(0).ctx.channel().eventLoop().submit(() -> {}).sync();
    for (ByteBuf buffer : unreleased) {
      assertThat(buffer.refCnt()).as("references to a burst").isEqualTo(1);
      buffer.release();
    }
    unreleased.clear();
    troubles.clear();
  }

  /** A part of the bytes for a peer: from a shared buffer, or its own. */
  private record Part(ByteBuf buffer, int start, int end, boolean own) {}

  /** Does what a lane does: sends some bursts, in which some peers have own bytes. */
  private void round(List<Peer> peers) throws Exception {
    List<ByteBuf> bursts = new ArrayList<>();
    for (int i = random.nextInt(8) == 0 ? 20 : 1 + random.nextInt(3); i > 0; i--) {
      bursts.add(noise(1 + random.nextInt(random.nextInt(10) == 0 ? 100_000 : 2_000)));
    }
    unreleased.addAll(bursts);
    List<Part> shared = new ArrayList<>();
    bursts.forEach(burst -> shared.add(new Part(burst, 0, burst.writerIndex(), false)));
    List<List<Part>> parts = new ArrayList<>();
    for (int i = 0; i < peers.size(); i++) {
      parts.add(random.nextInt(4) == 0 ? withOwn(bursts) : shared);
    }
    boolean onlyThoseThatHaveTakenAll = random.nextBoolean();
    List<Peer> given =
        peers
            .get(0)
            .ctx
            .channel()
            .eventLoop()
            .submit(() -> send(peers, parts, onlyThoseThatHaveTakenAll))
            .get(SECONDS, TimeUnit.SECONDS);
    for (Peer peer : given) {
      parts.get(peers.indexOf(peer)).forEach(peer::isSent);
    }
    rounds++;
  }

  private static List<Peer> send(
      List<Peer> peers, List<List<Part>> parts, boolean onlyThoseThatHaveTakenAll) {
    List<Peer> given = new ArrayList<>();
    Pieces pieces = new Pieces();
    for (int i = 0; i < peers.size(); i++) {
      Peer peer = peers.get(i);
      if (onlyThoseThatHaveTakenAll && !peer.outlet.hasTakenAll()) {
        continue;
      }
      for (Part part : parts.get(i)) {
        if (part.own()) {
          pieces.addOwn(part.buffer().retain());
        } else {
          pieces.add(part.buffer(), part.start(), part.end());
        }
      }
      peer.outlet.send(pieces);
      pieces.clear();
      given.add(peer);
    }
    return given;
  }

  /** For this peer a part of each burst is replaced or missing. */
  private List<Part> withOwn(List<ByteBuf> bursts) {
    List<Part> parts = new ArrayList<>();
    for (ByteBuf burst : bursts) {
      int from = random.nextInt(burst.writerIndex());
      int to = from + random.nextInt(burst.writerIndex() - from);
      parts.add(new Part(burst, 0, from, false));
      if (random.nextBoolean()) {
        ByteBuf own = noise(1 + random.nextInt(500));
        unreleased.add(own);
        parts.add(new Part(own, 0, own.writerIndex(), true));
      }
      parts.add(new Part(burst, to, burst.writerIndex(), false));
    }
    return parts;
  }

  private ByteBuf noise(int size) {
    return Unpooled.directBuffer(size).writeBytes(noise, random.nextInt(noise.length - size), size);
  }

  /** The other end of a connection, and the bytes that it should receive. */
  private final class Peer {

    private final SocketChannel channel = SocketChannel.open();
    private final ChannelHandlerContext ctx;
    private final Outlet outlet;
    private final Queue<byte[]> due = new ArrayDeque<>();
    private int heardOfFirst;
    private boolean slow;
    private boolean ended;
    private boolean gone;

    Peer(SocketAddress address) throws Exception {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 8 * 1024);
      channel.connect(address);
      channel.configureBlocking(false);
      ctx = Objects.requireNonNull(accepted.poll(SECONDS, TimeUnit.SECONDS), "not accepted");
      outlet = Outlets.of(ctx);
      assertThat(outlet).isInstanceOf(SocketOutlet.class);
    }

    void isSent(Part part) {
      byte[] bytes = new byte[part.end() - part.start()];
      part.buffer().getBytes(part.start(), bytes);
      if (bytes.length > 0) {
        due.add(bytes);
        sentBytes += bytes.length;
      }
    }

    void endsItsStream() throws IOException {
      if (!gone && !ended) {
        channel.shutdownOutput();
        ended = true;
      }
    }

    void resets() throws IOException {
      if (!gone) {
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        channel.close();
        gone = true;
      }
    }

    void reads(int most) throws IOException {
      if (gone) {
        return;
      }
      input.clear().limit(most);
      int read = channel.read(input);
      if (read < 0 && ended) {
        resets();
        return;
      }
      assertThat(read).as("the stream goes on; %s", troubles).isNotNegative();
      compare(input.flip());
    }

    private void compare(ByteBuffer heard) {
      while (heard.hasRemaining()) {
        byte[] first = Objects.requireNonNull(due.peek(), "more than was sent");
        int size = Math.min(heard.remaining(), first.length - heardOfFirst);
        ByteBuffer expected = ByteBuffer.wrap(first, heardOfFirst, size);
        ByteBuffer got = heard.slice().limit(size);
        int differs = got.mismatch(expected);
        assertThat(differs).as("place of the first wrong byte").isEqualTo(-1);
        heard.position(heard.position() + size);
        heardOfFirst += size;
        if (heardOfFirst == first.length) {
          due.remove();
          heardOfFirst = 0;
        }
      }
    }

    void hearsTheRest() throws Exception {
      if (!gone && !ended) {
        ctx.channel()
            .eventLoop()
            .execute(() -> outlet.taken().addListener(taken -> outlet.endStream()));
        channel.configureBlocking(true);
        channel.socket().setSoTimeout(SECONDS * 1_000);
        InputStream in = channel.socket().getInputStream();
        for (int read = in.read(input.array()); read >= 0; read = in.read(input.array())) {
          compare(ByteBuffer.wrap(input.array(), 0, read));
        }
        assertThat(due.size()).as("parts not heard; %s", troubles).isZero();
      }
      channel.close();
      ctx.channel().close().sync();
    }
  }
}
