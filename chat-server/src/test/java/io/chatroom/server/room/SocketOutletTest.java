package io.chatroom.server.room;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.transport.Outlets;
import io.chatroom.server.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Writes to real sockets of every transport; only epoll has the direct way. */
class SocketOutletTest {

  private static final int SECONDS = 60;
  private static final int SMALL_BUFFER = 8 * 1024;

  private final BlockingQueue<ChannelHandlerContext> accepted = new LinkedBlockingQueue<>();
  private final BlockingQueue<Throwable> troubles = new LinkedBlockingQueue<>();
  private final BlockingQueue<Channel> ended = new LinkedBlockingQueue<>();
  private final List<Socket> peers = new ArrayList<>();
  private final List<EventLoopGroup> groups = new ArrayList<>();
  private SocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  static Stream<Transport.Choice> transports() {
    return Stream.of(Transport.Choice.EPOLL, Transport.Choice.IO_URING, Transport.Choice.NIO);
  }

  private void listen(Transport.Choice choice) {
    Transport transport = Transport.of(choice);
    EventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers());
    groups.add(loops);
    address =
        new ServerBootstrap()
            .group(loops)
            .channel(transport.serverChannel())
            .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
            .childOption(ChannelOption.SO_SNDBUF, SMALL_BUFFER)
            .childHandler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public boolean isSharable() {
                    return true;
                  }

                  @Override
                  public void channelActive(ChannelHandlerContext ctx) {
                    accepted.add(ctx);
                  }

                  @Override
                  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
                    if (event instanceof ChannelInputShutdownEvent) {
                      ended.add(ctx.channel());
                    }
                  }

                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    troubles.add(cause);
                    ctx.close();
                  }
                })
            .bind(address)
            .syncUninterruptibly()
            .channel()
            .localAddress();
  }

  @AfterEach
  void close() throws Exception {
    for (Socket peer : peers) {
      peer.close();
    }
    for (EventLoopGroup loops : groups) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }
  }

  /** Full buffers, many pieces, writes through the channel in between: not a byte is misplaced. */
  @ParameterizedTest
  @MethodSource("transports")
  void keepsEveryByteInOrderHoweverSlowlyThePeerReads(Transport.Choice choice) throws Exception {
    listen(choice);
    Random random = new Random(3);
    byte[] content = new byte[3_000_000];
    random.nextBytes(content);
    ByteBuf shared = Unpooled.directBuffer().writeBytes(content);
    Socket peer = connect();
    ChannelHandlerContext ctx = accept();
    Outlet outlet = Outlets.of(ctx);
    assertThat(outlet instanceof SocketOutlet).isEqualTo(choice == Transport.Choice.EPOLL);
    int sent = 0;
    int received = 0;
    InputStream in = peer.getInputStream();
    while (sent < content.length) {
      int from = sent;
      int to = Math.min(content.length, from + random.nextInt(40_000));
      int pieces = random.nextInt(50) == 0 ? 1_500 : 1 + random.nextInt(3);
      onLoop(
          ctx,
          () -> {
            send(outlet, shared, from, to, pieces);
            return outlet.hasTakenAll();
          });
      sent = to;
      while (received < sent - random.nextInt(100_000)) {
        received += check(in, content, received, Math.min(10_000, sent - received));
      }
    }
    while (received < content.length) {
      received += check(in, content, received, content.length - received);
    }
    onLoop(ctx, outlet::taken).sync();
    assertThat(onLoop(ctx, outlet::hasTakenAll)).isTrue();
    assertThat(troubles).isEmpty();
    giveBack(shared);
  }

  private static void send(Outlet outlet, ByteBuf shared, int from, int to, int pieces) {
    Pieces all = new Pieces();
    int step = Math.max(1, (to - from + pieces - 1) / pieces);
    for (int start = from; start < to; start += step) {
      all.add(shared, start, Math.min(to, start + step));
    }
    outlet.send(all);
    all.clear();
  }

  private static int check(InputStream in, byte[] content, int at, int most) throws IOException {
    byte[] got = in.readNBytes(Math.min(most, 65_536));
    for (int i = 0; i < got.length; i++) {
      if (got[i] != content[at + i]) {
        throw new AssertionError("byte " + (at + i) + " is another one");
      }
    }
    return got.length;
  }

  /**
   * The broken connection is closed; and its descriptor, once it belongs to another, is left alone.
   */
  @ParameterizedTest
  @MethodSource("transports")
  void anErrorEndsOnlyThatConnection(Transport.Choice choice) throws Exception {
    listen(choice);
    ByteBuf shared = Unpooled.directBuffer().writeZero(100);
    Socket resets = connect();
    ChannelHandlerContext broken = accept();
    Outlet brokenOutlet = Outlets.of(broken);
    Socket stays = connect();
    ChannelHandlerContext healthy = accept();
    Outlet healthyOutlet = Outlets.of(healthy);
    onLoop(
        broken,
        () -> {
          broken.channel().config().setAutoRead(false); // so that only a write can detect it
          return true;
        });
    resets.setSoLinger(true, 0);
    resets.close();
    while (broken.channel().isOpen()) {
      onLoop(
          broken,
          () -> {
            send(brokenOutlet, shared, 0, 100, 1);
            return true;
          });
    }
    broken.channel().closeFuture().sync();

    List<Socket> newcomers = new ArrayList<>();
    for (int i = 0; i < 5; i++) { // one of them gets the closed descriptor
      newcomers.add(connect());
      accept();
    }
    onLoop(
        healthy,
        () -> {
          send(brokenOutlet, shared, 0, 100, 1);
          send(brokenOutlet, shared, 0, 100, 3);
          send(healthyOutlet, shared, 0, 100, 3);
          return true;
        });
    assertThat(stays.getInputStream().readNBytes(100)).hasSize(100);
    for (Socket newcomer : newcomers) {
      assertThat(newcomer.getInputStream().available()).isZero();
    }
    assertThat(healthy.channel().isOpen()).isTrue();
    giveBack(shared);
  }

  @ParameterizedTest
  @MethodSource("transports")
  void aPeerThatHasEndedItsStreamStillReceives(Transport.Choice choice) throws Exception {
    listen(choice);
    ByteBuf shared = Unpooled.directBuffer().writeZero(100);
    Socket peer = connect();
    ChannelHandlerContext ctx = accept();
    Outlet outlet = Outlets.of(ctx);
    peer.shutdownOutput();
    assertThat(ended.poll(SECONDS, TimeUnit.SECONDS)).isSameAs(ctx.channel());
    onLoop(
        ctx,
        () -> {
          send(outlet, shared, 0, 100, 2);
          return outlet.taken().addListener(taken -> outlet.endStream());
        });

    assertThat(peer.getInputStream().readAllBytes()).hasSize(100);
    giveBack(shared);
  }

  /** No other reference is left; io_uring can release its own a moment later. */
  private static void giveBack(ByteBuf shared) {
    Awaitility.await().until(() -> shared.refCnt() == 1);
    shared.release();
  }

  private Socket connect() throws IOException {
    Socket peer = new Socket();
    peer.setReceiveBufferSize(SMALL_BUFFER);
    peer.setSoTimeout(SECONDS * 1_000);
    peer.connect(address);
    peers.add(peer);
    return peer;
  }

  private ChannelHandlerContext accept() throws InterruptedException {
    return Objects.requireNonNull(accepted.poll(SECONDS, TimeUnit.SECONDS), "nobody came");
  }

  private static <T> T onLoop(ChannelHandlerContext ctx, Callable<T> task) throws Exception {
    return ctx.channel().eventLoop().submit(task).get(SECONDS, TimeUnit.SECONDS);
  }
}
