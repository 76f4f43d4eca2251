package io.chatroom.server.seed;

import io.netty.channel.Channel;

/**
 * What is told to people about members that do not keep up. Called from any event loop, at most
 * once a connection each, and in bad times for thousands of connections in a second: an
 * implementation bounds what it writes.
 */
public interface SlowMemberLog {

  /** A member does not keep up, and misses messages from here on; told the first time only. */
  void lags(Channel member);

  /**
   * A member is closed for its slowness.
   *
   * @param why half a sentence for people
   */
  void closesSlowMember(Channel member, String why);
}
