package io.chatroom.server.front;

/**
 * How many messages a member may say.
 *
 * @param messagesPerSecond in the long run; 0 is as many as it likes
 * @param messageBurst at once, after it has been silent for long enough
 */
public record RateLimit(int messagesPerSecond, int messageBurst) {

  /** Whether there is one. */
  public boolean isOn() {
    return messagesPerSecond > 0;
  }

  /** For a member that comes now. */
  public TokenBucket bucket(long now) {
    return new TokenBucket(messagesPerSecond, messageBurst, now);
  }
}
