package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.Abort;
import io.chatroom.server.transport.NoReadAfterEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Detects the protocol of a connection from its first bytes, and passes it on:
 *
 * <pre>
 *   PROXY header, required behind a proxy → detects again after the header
 *   0x16, if TLS is configured            → detects again inside TLS
 *   the prefix of a surface               → that surface
 *   anything else                         → the last surface, which refuses it
 * </pre>
 *
 * <p>It decides as early as possible, so it holds a few bytes at most, and then removes itself.
 * Until then it handles the connection's end and its errors. One instance serves one connection.
 */
final class FrontDoor extends WatchedConnection {

  /** The most bytes needed to recognise a protocol: the longest prefix is PROXY's. */
  static final int MOST_BYTES = 16;

  /** The name of the first handler, next to the network. */
  static final String NETWORK = "network";

  /** The name of the first handler behind TLS, which receives decrypted bytes. */
  private static final String DECRYPTED = "decrypted";

  private static final FirstBytes PROXY_VERSION_1 = FirstBytes.of("PROXY ");
  private static final FirstBytes PROXY_VERSION_2 = FirstBytes.of("\r\n\r\n\0\r\nQUIT\n");

  /**
   * The most bytes that a proxy may send besides addresses (version 2); the longest header has 232
   * more.
   */
  private static final int MAX_EXTENSION_BYTES = 2_048;

  /** The type of a TLS record that is part of a handshake. */
  private static final int HANDSHAKE = 0x16;

  /**
   * The parts that all doors share.
   *
   * @param surfaces the surfaces; the last one receives connections that none of them recognises
   * @param tls null without TLS
   */
  record Shared(
      List<Surface> surfaces,
      ConnectionLimits limits,
      ConnectionLog log,
      @Nullable ServerTls tls,
      NoReadAfterEnd noReadAfterEnd) {
    Shared {
      surfaces = List.copyOf(surfaces);
    }
  }

  private final Newcomer newcomer;
  private final Shared all;
  private boolean awaitsProxy;
  private boolean refused;
  private @Nullable ByteBuf held;

  FrontDoor(Newcomer newcomer, Shared all) {
    super(
        newcomer.watch(), newcomer.place().channel(), () -> newcomer.undecryptedBytes().getAsInt());
    this.newcomer = newcomer;
    this.all = all;
    this.awaitsProxy = all.limits().proxied();
  }

  @Override
  protected int waitingBytes() {
    return held == null ? 0 : held.capacity();
  }

  /** Zero: no frame is completed here. */
  @Override
  protected long completed() {
    return 0;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    newcomer.beginDeadline();
    ctx.fireChannelActive();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = withHeld(ctx, (ByteBuf) message);
    ChannelHandlerContext from = null;
    try {
      if (bytes.isReadable() && !refused) {
        from = open(ctx, bytes);
      }
    } finally {
      if (from == null) {
        bytes.release();
      }
    }
    if (from != null) {
      from.fireChannelRead(bytes);
    }
  }

  private ByteBuf withHeld(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (held == null) {
      return bytes;
    }
    try {
      return ctx.alloc()
          .directBuffer(held.readableBytes() + bytes.readableBytes())
          .writeBytes(held)
          .writeBytes(bytes);
    } finally {
      bytes.release();
      dropHeld();
    }
  }

  /**
   * Decides, if it can.
   *
   * @return the place from which the bytes are passed on; null if they are not
   */
  private @Nullable ChannelHandlerContext open(ChannelHandlerContext ctx, ByteBuf bytes) {
    if (awaitsProxy) {
      return openToProxy(ctx, bytes);
    }
    int first = bytes.getUnsignedByte(bytes.readerIndex());
    ServerTls tls = newcomer.isEncrypted() ? null : all.tls();
    if (tls != null && first == HANDSHAKE) {
      return encrypt(ctx, tls);
    }
    if (tls != null && tls.only()) {
      refused = true;
      exceptionCaught(
          ctx,
          new ProtocolException(
              Violation.PLAIN_TEXT, String.format("the first byte is 0x%02x", first)));
      return null;
    }
    Surface surface = surfaceFor(bytes);
    if (surface == null) {
      hold(ctx, bytes);
      return null;
    }
    surface.take(newcomer);
    ctx.pipeline().remove(this);
    return newcomer.place();
  }

  private @Nullable ChannelHandlerContext openToProxy(ChannelHandlerContext ctx, ByteBuf bytes) {
    ProtocolDetectionState one = PROXY_VERSION_1.of(bytes);
    ProtocolDetectionState two = PROXY_VERSION_2.of(bytes);
    if (one == ProtocolDetectionState.DETECTED || two == ProtocolDetectionState.DETECTED) {
      awaitsProxy = false;
      ctx.pipeline()
          .addBefore(ctx.name(), null, new HAProxyMessageDecoder(MAX_EXTENSION_BYTES))
          .addBefore(ctx.name(), null, new ProxiedPeer(all.limits(), all.log()));
      return newcomer.place();
    }
    if (one == ProtocolDetectionState.INVALID && two == ProtocolDetectionState.INVALID) {
      refused = true;
      all.log().refusedLate(ctx.channel(), Outcome.REFUSED_PROXY_HEADER, ProxiedPeer.EXPECTED);
      Abort.close(ctx.channel());
    } else {
      hold(ctx, bytes);
    }
    return null;
  }

  private ChannelHandlerContext encrypt(ChannelHandlerContext ctx, ServerTls tls) {
    ctx.channel().remoteAddress(); // cached from here on, even after the close
    ChannelHandlerContext undecrypted = newcomer.place();
    TlsHandler handler = new TlsHandler(tls.engine(), whileOpen(ctx.channel(), tls.handshakes()));
    TlsConnection connection = new TlsConnection(handler);
    ChannelPipeline pipeline =
        ctx.pipeline()
            .addBefore(ctx.name(), null, handler)
            .addBefore(ctx.name(), null, connection)
            .addBefore(ctx.name(), DECRYPTED, all.noReadAfterEnd());
    newcomer.encrypts(handler, connection, pipeline.context(DECRYPTED));
    return undecrypted;
  }

  /**
   * Runs tasks only while the connection is open; those of closed connections would pile up without
   * bound.
   */
  private static Executor whileOpen(Channel channel, ExecutorService threads) {
    return task -> {
      Future<?> done = threads.submit(task);
      channel.closeFuture().addListener(closed -> done.cancel(false));
    };
  }

  /** The surface for these first bytes; null while more bytes are needed. */
  private @Nullable Surface surfaceFor(ByteBuf bytes) {
    List<Surface> surfaces = all.surfaces();
    boolean undecided = false;
    for (Surface surface : surfaces) {
      ProtocolDetectionState state = surface.begins(bytes);
      if (state == ProtocolDetectionState.DETECTED) {
        return surface;
      }
      undecided |= state == ProtocolDetectionState.NEEDS_MORE_DATA;
    }
    return undecided && bytes.readableBytes() < MOST_BYTES
        ? null
        : surfaces.get(surfaces.size() - 1);
  }

  /** Copies the few bytes, so that they do not keep the large read buffer. */
  private void hold(ChannelHandlerContext ctx, ByteBuf bytes) {
    held = ctx.alloc().directBuffer(MOST_BYTES).writeBytes(bytes);
  }

  private void dropHeld() {
    if (held != null) {
      held.release();
      held = null;
    }
  }

  /** Closes a connection that the peer has ended before its protocol was known. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      ctx.close();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, false, all.log());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    newcomer.endDeadline();
    all.log().leftUnregistered(ctx.channel());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropHeld();
    super.handlerRemoved(ctx);
  }
}
