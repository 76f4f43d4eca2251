package io.chatroom.server.room;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

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

  /** Takes {@link #hold} and {@link #refused} back. */
  void goOn();

  /**
   * A room's log cannot make safe what it said there. Once the log can, it comes in its place, and
   * every member hears it. Until {@link #goOn} the surface hands the room nothing more of it: a
   * surface that has no answer for such a case reads no further, one that has gives that answer.
   *
   * @param room the room's name
   * @param messages how many of its messages: the next ones that it has not heard of
   * @return as {@link #hold}
   */
  boolean refused(String room, int messages, Refusal why);

  /**
   * A post of it was in the room before, and keeps the number that it has.
   *
   * @param room the room's name
   * @param seq that number
   * @param atMillis when it was posted first
   */
  void repeated(String room, Post post, long seq, long atMillis);

  /**
   * A post of it is not taken: its id was there before, with another text or in another room.
   *
   * @param room the room's name
   */
  void reused(String room, Post post);

  /**
   * Something that it said can never be stored, and is not taken.
   *
   * @param room the room's name
   * @param detail what belonged to it; null if nothing did
   */
  default void rejected(String room, @Nullable Detail detail) {}

  /**
   * A room's log is another one. What the member is given from here on is of the new epoch.
   *
   * @param room the room's name
   * @param to where the new order ends now
   */
  void reset(String room, Position to);

  /** The server stops: reads no further from it, for good. */
  void stop();

  /** All that it was to get has been given to it: says goodbye. */
  void sayGoodbye();

  /** Whether it has not got all that it was to get, and may never get it. */
  boolean lags();

  /** Something failed that concerns it alone: closes it. */
  void failed(Throwable cause);
}
