package io.chatroom.server.room;

import io.netty.channel.Channel;

/**
 * Somebody connected, as rooms see it: a channel with a way to write, which sits in as many rooms
 * as it likes. Its surface implements it. All methods are called from the event loop of its
 * channel.
 */
public interface Member {

  /** The connection, one member each. */
  Channel channel();

  /** How to write to it. Always the same instance. */
  Outlet outlet();

  /**
   * Reads no further from it, because a room asks those who talk to wait.
   *
   * @return false if it was not read from for that reason already, or cannot be stopped any more
   */
  boolean hold();

  /** Takes {@link #hold} back. */
  void goOn();

  /** The server stops: reads no further from it, for good. */
  void stop();

  /** All that it was to get has been given to it: says goodbye. */
  void sayGoodbye();

  /** Whether it has not got all that it was to get, and may never get it. */
  boolean lags();

  /** Something failed that concerns it alone: closes it. */
  void failed(Throwable cause);
}
