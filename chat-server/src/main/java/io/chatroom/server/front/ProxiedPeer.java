package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.transport.Abort;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.util.NetUtil;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Reads the real address of a connection from a PROXY header, and removes itself. Nothing passes
 * before the header. A proxy's own connection, such as a health check, keeps its own address.
 */
final class ProxiedPeer extends ChannelInboundHandlerAdapter {

  static final String EXPECTED = "expected a PROXY protocol header, version 1 or 2 (proxyProtocol)";

  private final ConnectionLimits limits;
  private final ConnectionLog log;

  ProxiedPeer(ConnectionLimits limits, ConnectionLog log) {
    this.limits = limits;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws UnknownHostException {
    try {
      if (message instanceof HAProxyMessage header) {
        takeAddress(ctx, header);
        if (limits.admits(ctx.channel())) {
          ctx.pipeline().remove(this);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private static void takeAddress(ChannelHandlerContext ctx, HAProxyMessage header)
      throws UnknownHostException {
    String source = header.sourceAddress();
    byte[] bytes = source == null ? null : NetUtil.createByteArrayFromIpAddressString(source);
    if (header.command() == HAProxyCommand.PROXY && bytes != null) {
      PeerAddress.behindProxy(
          ctx.channel(),
          new InetSocketAddress(InetAddress.getByAddress(bytes), header.sourcePort()));
    }
  }

  /**
   * Treats any exception of Netty's decoder as a malformed header, as it does not check every
   * length. Passes violations on: the deadline may have expired.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException && !(cause instanceof ProtocolException)) {
      log.refusedLate(ctx.channel(), Outcome.REFUSED_PROXY_HEADER, EXPECTED);
      Abort.close(ctx.channel());
    } else {
      ctx.fireExceptionCaught(cause);
    }
  }
}
