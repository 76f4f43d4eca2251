package io.chatroom.server.carrier;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;

/** Carries a session over WebSocket, which has control frames beside messages. */
final class WebSocketCarrier extends Carrier implements WebSocketReceiver {

  /** The close code if we have no reason of our own. */
  private int number = WebSocketCloseStatus.NORMAL_CLOSURE.code();

  WebSocketCarrier(
      Newcomer newcomer, SessionKind kind, Sessions sessions, Rates rates, SessionLog log) {
    super(newcomer, kind, sessions, rates, log);
  }

  @Override
  public void ping() {
    control(WebSocketFraming.PING, Unpooled.EMPTY_BUFFER);
  }

  @Override
  public void pong(ByteBuf content) {
    control(WebSocketFraming.PONG, content);
    waitUntilTaken(); // or unread pongs could pile up
  }

  /** Echoes the client's close code, as in RFC 6455 (5.5.1). */
  @Override
  public void closeReceived(int number) {
    this.number = number;
    inputEnded();
  }

  @Override
  public void endSession(Bye why) {
    session().end(why);
  }

  @Override
  public ConnectionLog connections() {
    return log().connections();
  }

  private void control(int opcode, ByteBuf content) {
    ByteBuf frame = connection().alloc().directBuffer();
    try {
      WebSocketFraming.writeControl(opcode, content, frame);
      send(frame);
    } finally {
      frame.release();
    }
  }

  /** The close frame, with the close code. */
  @Override
  void sayLast(@Nullable Bye bye) {
    Code code = bye == null ? null : Code.of(bye.code());
    ByteBuf content = connection().alloc().buffer();
    try {
      if (code != null) {
        content.writeShort(code.closeNumber());
        ByteBufUtil.writeAscii(content, code.text());
      } else if (number >= 0) {
        content.writeShort(number);
      }
      control(WebSocketFraming.CLOSE, content);
    } finally {
      content.release();
    }
  }
}
