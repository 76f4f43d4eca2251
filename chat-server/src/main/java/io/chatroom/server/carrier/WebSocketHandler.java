package io.chatroom.server.carrier;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Utf8;
import io.chatroom.protocol.Violation;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.timeout.IdleStateEvent;
import org.jspecify.annotations.Nullable;

/**
 * Passes the messages of a WebSocket to its receiver, and reports how the connection ends. The
 * decoder has checked the order and the lengths of frames; this class joins fragments into
 * messages.
 */
final class WebSocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

  /** A client is gone after a silence of this many times {@code pingSeconds}. */
  private static final int SILENT_PINGS = 3;

  private final WebSocketReceiver receiver;
  private final int longest;

  /** The received part of a fragmented message. */
  private @Nullable ByteBuf part;

  private long messages;
  private int silentPings;

  /**
   * @param longest maximum size of a message in bytes
   */
  WebSocketHandler(WebSocketReceiver receiver, int longest) {
    super(WebSocketFrame.class);
    this.receiver = receiver;
    this.longest = longest;
  }

  /** The memory of an incomplete message in bytes; more than 0 even if it is empty so far. */
  int waitingBytes() {
    return part == null ? 0 : Math.max(1, part.capacity());
  }

  /** True while a message is incomplete. */
  boolean hasPart() {
    return part != null;
  }

  /** The number of complete messages. */
  long messages() {
    return messages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame) {
      if (!receiver.isEnding()) { // nothing may follow the close frame
        receiver.pong(frame.content());
      }
    } else if (frame instanceof CloseWebSocketFrame close) {
      receiver.closeReceived(close.statusCode());
    } else if (frame instanceof BinaryWebSocketFrame) {
      refuse(ctx, "the message is binary");
    } else if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
      take(ctx, frame);
    }
  }

  private void take(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (receiver.isEnding()) {
      return;
    }
    if (part == null && frame.isFinalFragment()) {
      deliver(ctx, frame.content());
      return;
    }
    if (part == null) {
      part = ctx.alloc().directBuffer(frame.content().readableBytes());
    }
    part.writeBytes(frame.content());
    if (frame.isFinalFragment()) {
      ByteBuf whole = part;
      part = null;
      try {
        deliver(ctx, whole);
      } finally {
        whole.release();
      }
    }
  }

  private void deliver(ChannelHandlerContext ctx, ByteBuf message) {
    messages++;
    if (Utf8.isValid(message, message.readerIndex(), message.readableBytes())) {
      receiver.received(message);
    } else {
      refuse(ctx, "the text message is not UTF-8");
    }
  }

  private void refuse(ChannelHandlerContext ctx, String found) {
    exceptionCaught(ctx, new ProtocolException(Violation.WEBSOCKET, found));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      receiver.inputEnded();
    } else if (event instanceof IdleStateEvent silence && receiver.isRead()) {
      silentPings = silence.isFirst() ? 1 : silentPings + 1;
      if (silentPings >= SILENT_PINGS) {
        receiver.endSession(Bye.of(Code.NO_PONG, null, "No data arrived from you for too long."));
      } else if (!receiver.isEnding()) {
        receiver.ping();
      }
    }
  }

  /** Gives a session that has begun the reason for its end. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException broken) {
      exceptionCaught(ctx, new ProtocolException(Violation.WEBSOCKET, found(broken)));
    } else if (cause instanceof ProtocolException wrong
        && wrong.violation() != Violation.REGISTRATION_TIMEOUT) {
      receiver.connections().rejected(ctx.channel(), wrong, true);
      receiver.endSession(Bye.of(Code.PROTOCOL, null, sentence(wrong)));
    } else {
      ConnectionFailure.end(ctx, cause, receiver.isWelcome(), receiver.connections());
    }
  }

  private String found(CorruptedWebSocketFrameException broken) {
    return broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
        ? "the message has more than " + longest + " bytes"
        : "the frame is broken: " + broken.getMessage();
  }

  private static String sentence(ProtocolException wrong) {
    return "These bytes are not valid in a session, expected " + wrong.violation().expected() + ".";
  }

  private void dropPart() {
    if (part != null) {
      part.release();
      part = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    receiver.closed();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropPart();
  }
}
