package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.tls.ServerTls;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Lets a peer in that speaks TLS, and one that does not unless TLS is demanded. The first byte
 * tells: a TLS handshake begins with one that no header of the protocol can have. It waits for
 * nothing else and keeps nothing; until the name has come the time for registration runs, for a
 * handshake too.
 */
final class TlsDoor extends ChannelInboundHandlerAdapter {

  /** The type of a TLS record that is part of a handshake. */
  private static final int HANDSHAKE = 0x16;

  private final ServerTls tls;
  private final ChannelHandler noReadAfterEnd;
  private @Nullable TlsHandler handler;
  private boolean refused;

  /**
   * @param noReadAfterEnd has to stand in front of TLS too, as that reads by itself
   */
  TlsDoor(ServerTls tls, ChannelHandler noReadAfterEnd) {
    this.tls = tls;
    this.noReadAfterEnd = noReadAfterEnd;
  }

  /** How much memory is held for the rest of an encrypted record to come; 0 without TLS. */
  int waitingBytes() {
    return handler == null ? 0 : handler.waitingBytes();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (refused || !bytes.isReadable()) {
      bytes.release();
      return;
    }
    int first = bytes.getUnsignedByte(bytes.readerIndex());
    if (first == HANDSHAKE) {
      encrypt(ctx);
      ctx.fireChannelRead(bytes); // the first thing in its place is TLS now
    } else if (tls.only()) {
      refused = true;
      bytes.release();
      ctx.fireExceptionCaught(
          new ProtocolException(
              Violation.PLAIN_TEXT, String.format("the first byte is 0x%02x", first)));
    } else {
      ctx.pipeline().remove(this);
      ctx.fireChannelRead(bytes);
    }
  }

  private void encrypt(ChannelHandlerContext ctx) {
    ctx.channel().remoteAddress(); // known from here on, also once it is closed
    handler = new TlsHandler(tls.engine(), whileOpen(ctx.channel(), tls.handshakes()));
    ChannelPipeline pipeline = ctx.pipeline();
    pipeline.addBefore(ctx.name(), null, noReadAfterEnd);
    pipeline.addAfter(ctx.name(), null, new TlsConnection(handler));
    pipeline.replace(this, null, handler);
  }

  /** What a connection that has gone still had to do is dropped, or it would pile up unbounded. */
  private static Executor whileOpen(Channel channel, ExecutorService threads) {
    return task -> {
      Future<?> done = threads.submit(task);
      channel.closeFuture().addListener(closed -> done.cancel(false));
    };
  }
}
