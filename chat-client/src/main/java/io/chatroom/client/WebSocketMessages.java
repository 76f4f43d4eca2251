package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Objects over WebSocket (S-05): each is one text message, passed on as its bytes. The close code
 * of a WebSocket is passed on as a {@link Closed}.
 */
final class WebSocketMessages extends MessageToMessageCodec<WebSocketFrame, FromClient> {

  /** The server has closed the WebSocket with this code; -1 if it gave none. */
  record Closed(int number) {}

  private final IntSupplier maxBytes;

  /**
   * @param maxBytes supplies the maximum size of the next message
   */
  WebSocketMessages(IntSupplier maxBytes) {
    super(WebSocketFrame.class, FromClient.class);
    this.maxBytes = maxBytes;
  }

  @Override
  protected void encode(ChannelHandlerContext ctx, FromClient object, List<Object> out) {
    ByteBuf json = ctx.alloc().buffer();
    try {
      SessionJson.write(object, json);
      out.add(new TextWebSocketFrame(json.retain()));
    } finally {
      json.release();
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, WebSocketFrame frame, List<Object> out)
      throws RuleBrokenException {
    if (frame instanceof TextWebSocketFrame) {
      int bytes = frame.content().readableBytes();
      RuleBrokenException.check(
          bytes <= maxBytes.getAsInt(),
          "a message has " + bytes + " bytes, expected at most " + maxBytes.getAsInt());
      out.add(frame.content().retain());
    } else if (frame instanceof PingWebSocketFrame) {
      ctx.writeAndFlush(new PongWebSocketFrame(frame.content().retain()));
    } else if (frame instanceof CloseWebSocketFrame close) {
      ctx.fireUserEventTriggered(new Closed(close.statusCode()));
    } else {
      RuleBrokenException.check(
          frame instanceof PongWebSocketFrame, "a message is not text, expected JSON as text");
    }
  }
}
