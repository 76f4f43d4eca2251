package io.chatroom.server.web;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Checks that bytes which begin like a request line continue like one: method, target, and HTTP
 * version. If not, they are a malformed header (P-03), and the connection is closed at the first
 * wrong byte (P-21), without waiting for more. It passes on all bytes, and removes itself after the
 * version, or after an earlier line end, which the decoder handles.
 */
final class RequestLine extends ChannelInboundHandlerAdapter {

  private static final String VERSION = "HTTP/";

  private enum Part {
    METHOD,
    BEFORE_TARGET,
    TARGET,
    BEFORE_VERSION,
    VERSION
  }

  private Part part = Part.METHOD;

  /** The number of bytes of the version that have matched. */
  private int known;

  private boolean refused;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    boolean done = false;
    for (int i = bytes.readerIndex(); i < bytes.writerIndex() && !done && !refused; i++) {
      done = takeLast(bytes.getByte(i));
    }
    if (refused) {
      ReferenceCountUtil.release(message);
      ctx.fireExceptionCaught(
          new ProtocolException(
              Violation.MALFORMED_HEADER,
              "the bytes begin like an HTTP request, but do not continue like one"));
      return;
    }
    ctx.fireChannelRead(message);
    if (done) {
      ctx.pipeline().remove(this);
    }
  }

  /** Checks a byte; returns true if it is the last one to check. */
  private boolean takeLast(byte next) {
    if (next == '\r' || next == '\n') {
      return true;
    }
    boolean space = next == ' ';
    switch (part) {
      case METHOD -> part = space ? Part.BEFORE_TARGET : Part.METHOD;
      case BEFORE_TARGET -> part = space ? Part.BEFORE_TARGET : Part.TARGET;
      case TARGET -> part = space ? Part.BEFORE_VERSION : Part.TARGET;
      case BEFORE_VERSION, VERSION -> {
        if (part == Part.BEFORE_VERSION && space) {
          return false;
        }
        part = Part.VERSION;
        refused = next != VERSION.charAt(known);
        known++;
        return !refused && known == VERSION.length();
      }
    }
    return false;
  }
}
