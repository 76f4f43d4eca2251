package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionLog;
import io.netty.buffer.ByteBuf;

/**
 * Receives the messages of a WebSocket, and knows the state of its conversation: a session's
 * carrier or, for a conformance suite, an echo.
 */
interface WebSocketReceiver {

  /**
   * A text message has arrived.
   *
   * @param message all readable bytes are the message, in valid UTF-8
   */
  void received(ByteBuf message);

  /**
   * A close frame has arrived; anything after it is ignored.
   *
   * @param number the close code, or -1 if there is none
   */
  void closeReceived(int number);

  /** The client has ended its stream. */
  void inputEnded();

  /** The connection has ended. */
  void closed();

  /** Sends a ping. */
  void ping();

  /** Answers a ping with its content. */
  void pong(ByteBuf content);

  /** Ends the conversation with a reason. */
  void endSession(Bye why);

  /** True once the last message is sent, and the end of the stream follows. */
  boolean isEnding();

  /** True unless reading from the client is paused for one of our reasons. */
  boolean isRead();

  /** True once the client has registered. */
  boolean isWelcome();

  /** Where to report the end of the connection. */
  ConnectionLog connections();
}
