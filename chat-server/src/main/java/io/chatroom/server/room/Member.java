package io.chatroom.server.room;

import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A connection, as rooms see it: a channel with an outlet. It can have seats in any number of
 * rooms. Its surface implements it. All methods are called from the event loop of its channel.
 */
public interface Member {

  /** The connection's channel; each has one member. */
  Channel channel();

  /** Writes to the connection. Always the same instance. */
  Outlet outlet();

  /**
   * Stops reading from it, because a room is under back-pressure.
   *
   * @return false if reading was stopped for that reason already, or cannot be stopped any more
   */
  boolean hold();

  /** Ends {@link #hold} and {@link #refused}: reads again. */
  void goOn();

  /**
   * Called when a room's log cannot store its messages for now. Once the log can, the messages take
   * their place and are delivered to every member. Until {@link #goOn} the surface passes no more
   * of its messages to the room. A surface whose protocol has an answer for this case sends it; any
   * other stops reading.
   *
   * @param room the room's name
   * @param messages the number of its messages: the next ones that have not been answered
   * @return as {@link #hold}
   */
  boolean refused(String room, int messages, Refusal why);

  /**
   * Called when its post is a duplicate of one in the room, which keeps its sequence number.
   *
   * @param room the room's name
   * @param seq the sequence number of that post
   * @param atMillis when it was first posted
   */
  void repeated(String room, Post post, long seq, long atMillis);

  /**
   * Called when its post is rejected because the id belongs to another post, with a different text
   * or in another room.
   *
   * @param room the room's name
   */
  void reused(String room, Post post);

  /**
   * Called when its message is rejected because it can never be stored.
   *
   * @param room the room's name
   * @param detail the message's detail; null if it has none
   */
  default void rejected(String room, @Nullable Detail detail) {}

  /**
   * Called when a room's log begins a new epoch. Everything delivered after this belongs to it.
   *
   * @param room the room's name
   * @param to where the new order ends now
   */
  void reset(String room, Position to);

  /** Stops reading from it for good, because the server is stopping. */
  void stop();

  /** Says goodbye. Called when everything meant for it has been written. */
  void sayGoodbye();

  /**
   * Returns true if there is something for it that it has not received, and might never receive.
   */
  boolean lags();

  /** Closes it after a failure that concerns this member only. */
  void failed(Throwable cause);
}
