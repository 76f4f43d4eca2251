package io.chatroom.server.config;

import java.time.Duration;

/**
 * The time limits of a shutdown.
 *
 * @param flush for members to receive their messages
 * @param goodbye for members to close after the end of their stream
 */
public record Drain(Duration flush, Duration goodbye) {

  private static final Duration LONGEST_GOODBYE = Duration.ofSeconds(1);
  private static final int SHARE = 4;

  /** Splits a total time; most of it is for delivering messages. */
  static Drain within(Duration inAll) {
    Duration share = inAll.dividedBy(SHARE);
    Duration goodbye = share.compareTo(LONGEST_GOODBYE) < 0 ? share : LONGEST_GOODBYE;
    return new Drain(inAll.minus(goodbye), goodbye);
  }
}
