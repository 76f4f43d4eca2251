package io.chatroom.server.carrier;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import org.jspecify.annotations.Nullable;

/** Carries a session over WebSocket, which has frames of its own beside the messages. */
final class WebSocketCarrier extends Carrier {

  WebSocketCarrier(
      Newcomer newcomer, SessionKind kind, Sessions sessions, Rates rates, SessionLog log) {
    super(newcomer, kind, sessions, rates, log);
  }

  /** Asks for a sign of life. */
  void ping() {
    control(WebSocketFraming.PING, Unpooled.EMPTY_BUFFER);
  }

  /** Answers a ping by what stood in it. */
  void pong(ByteBuf content) {
    control(WebSocketFraming.PONG, content);
    waitUntilTaken(); // or pings would pile up answers that nobody reads
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

  /** The close frame, with the number of why. */
  @Override
  void sayLast(@Nullable Bye bye) {
    Code code = bye == null ? null : Code.of(bye.code());
    int number = code == null ? WebSocketCloseStatus.NORMAL_CLOSURE.code() : code.closeNumber();
    ByteBuf content = connection().alloc().buffer();
    try {
      content.writeShort(number);
      if (code != null) {
        ByteBufUtil.writeAscii(content, code.text());
      }
      control(WebSocketFraming.CLOSE, content);
    } finally {
      content.release();
    }
  }
}
