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
 * Passes the messages of a WebSocket to their hearer, and tells it how the connection ends. The
 * decoder has checked the order and the lengths of frames; this class joins fragments into
 * messages.
 */
final class WebSocketHandler extends SimpleChannelInboundHandler<WebSocketFrame> {

  /** A client is gone after a silence of this many times {@code pingSeconds}. */
  private static final int SILENT_PINGS = 3;

  private final WebSocketHearer hearer;
  private final int longest;

  /** The received part of a fragmented message. */
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

  /** How much memory an incomplete message takes; more than 0 even if it is empty so far. */
  int waitingBytes() {
    return part == null ? 0 : Math.max(1, part.capacity());
  }

  /** Whether a message is incomplete. */
  boolean hasPart() {
    return part != null;
  }

  /** How many messages are complete. */
  long messages() {
    return messages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
    if (frame instanceof PingWebSocketFrame) {
      if (!hearer.isEnding()) { // nothing may follow the close frame
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

  /** Tells a session why it ends, if it has begun. */
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
