package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionLog;
import io.netty.buffer.ByteBuf;

/**
 * The user of a WebSocket: hears its messages, and is asked for its state. A session's carrier, or,
 * for a conformance suite, an echo.
 */
interface WebSocketHearer {

  /** A whole text message has come, valid UTF-8, as all readable bytes. */
  void heard(ByteBuf message);

  /**
   * A close frame has come; anything after it is ignored.
   *
   * @param number the close code, or -1 if there is none
   */
  void closeHeard(int number);

  /** The client has ended its stream. */
  void inputEnded();

  /** The connection has ended. */
  void closed();

  /** Asks for a sign of life. */
  void ping();

  /** Answers a ping with its content. */
  void pong(ByteBuf content);

  /** Ends the conversation, and says why. */
  void endSession(Bye why);

  /** Whether everything is sent, and the end of the stream is on its way. */
  boolean isEnding();

  /** Whether reading from the client is on, or paused for one of our reasons. */
  boolean isRead();

  /** Whether its client has registered. */
  boolean isWelcome();

  /** Where to report the end of the connection. */
  ConnectionLog connections();
}
