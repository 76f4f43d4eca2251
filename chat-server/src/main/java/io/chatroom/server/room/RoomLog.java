package io.chatroom.server.room;

import io.netty.channel.Channel;

/**
 * What the room tells people. Called from any event loop, at most once a connection each, and in
 * bad times for thousands of connections in a second: an implementation bounds what it writes.
 */
public interface RoomLog {

  /** A member does not keep up, and misses messages from here on; told the first time only. */
  void lags(Channel member);

  /**
   * A member is closed for its slowness.
   *
   * @param why half a sentence for people
   */
  void closesSlowMember(Channel member, String why);
}
