package io.chatroom.server.front;

import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.ProtocolDetectionState;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import java.util.List;

/**
 * Stands first where connections come through a proxy, and tells from their first bytes whether
 * they do: Netty's decoder would wait for the rest of a line. It then leaves its place to that
 * decoder and to {@link ProxiedPeer}. How long all that may take is bounded by the time for
 * registration.
 */
final class ProxyHeaderCheck extends ByteToMessageDecoder {

  /** What a proxy may say besides addresses (version 2); the longest header is 232 bytes longer. */
  private static final int MAX_EXTENSION_BYTES = 2_048;

  static final String EXPECTED = "expected a PROXY protocol header, version 1 or 2 (proxyProtocol)";

  private final ConnectionLimits limits;
  private final ConnectionLog log;

  ProxyHeaderCheck(ConnectionLimits limits, ConnectionLog log) {
    this.limits = limits;
    this.log = log;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    ProtocolDetectionState state = HAProxyMessageDecoder.detectProtocol(in).state();
    if (state == ProtocolDetectionState.DETECTED) {
      ctx.pipeline().addAfter(ctx.name(), null, new ProxiedPeer(limits, log));
      ctx.pipeline().addAfter(ctx.name(), null, new HAProxyMessageDecoder(MAX_EXTENSION_BYTES));
      ctx.pipeline().remove(this); // what is in the buffer goes on to them
    } else if (state == ProtocolDetectionState.INVALID) {
      in.skipBytes(in.readableBytes());
      log.refusedLate(ctx.channel(), Outcome.REFUSED_PROXY_HEADER, EXPECTED);
      Abort.close(ctx.channel());
    }
  }
}
