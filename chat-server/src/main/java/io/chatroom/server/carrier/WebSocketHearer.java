package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.ConnectionLog;
import io.netty.buffer.ByteBuf;

/**
 * Who is behind a WebSocket: told what comes over it, and asked how it stands. A session's carrier,
 * or in the run of a conformance suite an echo.
 */
interface WebSocketHearer {

  /** A text message has come, whole and UTF-8: all readable bytes. */
  void heard(ByteBuf message);

  /**
   * A close frame has come, and nothing counts behind it.
   *
   * @param number why, or -1 if the frame does not say
   */
  void closeHeard(int number);

  /** The client has ended its stream. */
  void inputEnded();

  /** The connection has gone. */
  void closed();

  /** Asks for a sign of life. */
  void ping();

  /** Answers a ping by what stood in it. */
  void pong(ByteBuf content);

  /** Ends what goes on over it, and says why. */
  void endSession(Bye why);

  /** Whether everything was said, and the end of the stream is on its way. */
  boolean isEnding();

  /** Whether its client is read from, or is not for a reason of ours. */
  boolean isRead();

  /** Whether its client is somebody by now. */
  boolean isWelcome();

  /** Where it is told what became of the connection. */
  ConnectionLog connections();
}
