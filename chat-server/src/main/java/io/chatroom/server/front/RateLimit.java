package io.chatroom.server.front;

/**
 * How many messages a member may send.
 *
 * @param messagesPerSecond in the long run; 0 is no limit
 * @param messageBurst how many at once, after a long enough silence
 */
public record RateLimit(int messagesPerSecond, int messageBurst) {

  /** Whether there is a limit. */
  public boolean isOn() {
    return messagesPerSecond > 0;
  }

  /** A bucket for a member that registers now. */
  public TokenBucket bucket(long now) {
    return new TokenBucket(messagesPerSecond, messageBurst, now);
  }
}
