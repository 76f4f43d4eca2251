package io.chatroom.server.front;

/**
 * The rate limit of one member.
 *
 * @param messagesPerSecond the sustained rate; 0 is no limit
 * @param messageBurst the most messages at once, after a long enough pause
 */
public record RateLimit(int messagesPerSecond, int messageBurst) {

  /** Returns true if there is a limit. */
  public boolean isOn() {
    return messagesPerSecond > 0;
  }

  /** A bucket for a member that registers now. */
  public TokenBucket bucket(long now) {
    return new TokenBucket(messagesPerSecond, messageBurst, now);
  }
}
