package io.chatroom.server.config;

import java.time.Duration;

/**
 * How long a stop may take.
 *
 * @param flush for members to receive what is theirs
 * @param goodbye for them to close after they have got the end of their stream
 */
public record Drain(Duration flush, Duration goodbye) {

  private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(1);
  private static final int SHARE = 4;

  /** Both together take no longer than that; by far the most of it is for what members are owed. */
  static Drain within(Duration inAll) {
    Duration share = inAll.dividedBy(SHARE);
    Duration goodbye = share.compareTo(LONGEST_GOODBYE) < 0 ? share : LONGEST_GOODBYE;
    return new Drain(inAll.minus(goodbye), goodbye);
  }
}
