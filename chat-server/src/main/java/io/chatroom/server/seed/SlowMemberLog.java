package io.chatroom.server.seed;

import io.netty.channel.Channel;

/**
 * Logs members that do not keep up. Called from any event loop, at most once for each connection,
 * but possibly for thousands of connections a second: implementations must bound what they write.
 */
public interface SlowMemberLog {

  /** Called when a member begins to miss messages, for the first time only. */
  void lags(Channel member);

  /**
   * Called when a member is closed because it is slow.
   *
   * @param why half a sentence for people
   */
  void closesSlowMember(Channel member, String why);
}
