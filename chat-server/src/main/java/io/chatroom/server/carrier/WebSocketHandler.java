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
 * Hands the messages of a WebSocket to who hears them, and tells how the connection ends. Frames
 * come as the decoder lets them through, so their order and their lengths are right; what they make
 * together is decided here.
 */
final class WebSocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

  /** After so many times {@code pingSeconds} without a byte the client has gone. */
  private static final int SILENT_PINGS = 3;

  private final WebSocketHearer hearer;
  private final int longest;

  /** What has come of a message in fragments. */
  private @Nullable ByteBuf part;

  private long messages;
  private int silentPings;

  /**
   * @param longest how many bytes a message may have
   */
  WebSocketHandler(WebSocketHearer hearer, int longest) {
    super(WebSocketFrame.class);
    this.hearer = hearer;
    this.longest = longest;
  }

  /** How much memory it holds for the rest of a message to come; more than none if it is empty. */
  int waitingBytes() {
    return part == null ? 0 : Math.max(1, part.capacity());
  }

  /** Whether a message has begun that has not ended. */
  boolean hasPart() {
    return part != null;
  }

  /** How many messages have come. */
  long messages() {
    return messages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame) {
      if (!hearer.isEnding()) { // nothing stands behind the close frame
        hearer.pong(frame.content());
      }
    } else if (frame instanceof CloseWebSocketFrame close) {
      hearer.closeHeard(close.statusCode());
    } else if (frame instanceof BinaryWebSocketFrame) {
      refuse(ctx, "a binary message came");
    } else if (frame instanceof TextWebSocketFrame || frame instanceof ContinuationWebSocketFrame) {
      take(ctx, frame);
    }
  }

  private void take(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (hearer.isEnding()) {
      return;
    }
    if (part == null && frame.isFinalFragment()) {
      hear(ctx, frame.content());
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
        hear(ctx, whole);
      } finally {
        whole.release();
      }
    }
  }

  private void hear(ChannelHandlerContext ctx, ByteBuf message) {
    messages++;
    if (Utf8.isValid(message, message.readerIndex(), message.readableBytes())) {
      hearer.heard(message);
    } else {
      refuse(ctx, "a text message is not UTF-8");
    }
  }

  private void refuse(ChannelHandlerContext ctx, String found) {
    exceptionCaught(ctx, new ProtocolException(Violation.WEBSOCKET, found));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      hearer.inputEnded();
    } else if (event instanceof IdleStateEvent silence && hearer.isRead()) {
      silentPings = silence.isFirst() ? 1 : silentPings + 1;
      if (silentPings >= SILENT_PINGS) {
        hearer.endSession(Bye.of(Code.NO_PONG, null, "Nothing was heard of you for too long."));
      } else if (!hearer.isEnding()) {
        hearer.ping();
      }
    }
  }

  /** A session hears why it ends, but for one that never was. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException broken) {
      exceptionCaught(ctx, new ProtocolException(Violation.WEBSOCKET, found(broken)));
    } else if (cause instanceof ProtocolException wrong
        && wrong.violation() != Violation.REGISTRATION_TIMEOUT) {
      hearer.connections().rejected(ctx.channel(), wrong, true);
      hearer.endSession(Bye.of(Code.PROTOCOL, null, sentence(wrong)));
    } else {
      ConnectionFailure.end(ctx, cause, hearer.isWelcome(), hearer.connections());
    }
  }

  private String found(CorruptedWebSocketFrameException broken) {
    return broken.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
        ? "a message has more than " + longest + " bytes"
        : "a frame is broken: " + broken.getMessage();
  }

  private static String sentence(ProtocolException wrong) {
    return "Your bytes are no session's, expected " + wrong.violation().expected() + ".";
  }

  private void dropPart() {
    if (part != null) {
      part.release();
      part = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    hearer.closed();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropPart();
  }
}
