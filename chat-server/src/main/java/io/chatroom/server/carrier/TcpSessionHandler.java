package io.chatroom.server.carrier;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.timeout.IdleStateEvent;

/** Passes the frames of a connection to its session, and reports how the connection ends. */
final class TcpSessionHandler extends SimpleChannelInboundHandler<Frame> {

  private final TcpCarrier carrier;

  TcpSessionHandler(TcpCarrier carrier) {
    super(Frame.class);
    this.carrier = carrier;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame frame) {
    ByteBuf bytes = frame.bytes();
    carrier.received(
        bytes.slice(
            bytes.readerIndex() + LengthHeader.BYTES, bytes.readableBytes() - LengthHeader.BYTES));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      carrier.inputEnded();
    } else if (event instanceof IdleStateEvent && carrier.isRead()) {
      carrier.session().end(Bye.of(Code.NO_PONG, null, "No data arrived from you for too long."));
    }
  }

  /** Gives a session that has begun the reason for its end. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof ProtocolException wrong
        && wrong.violation() != Violation.REGISTRATION_TIMEOUT) {
      carrier.log().connections().rejected(ctx.channel(), wrong, true);
      carrier.session().end(Bye.of(Code.PROTOCOL, null, sentence(wrong)));
    } else {
      ConnectionFailure.end(ctx, cause, carrier.isWelcome(), carrier.log().connections());
    }
  }

  private static String sentence(ProtocolException wrong) {
    return "These bytes are not valid in a session, expected " + wrong.violation().expected() + ".";
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    carrier.closed();
  }
}
