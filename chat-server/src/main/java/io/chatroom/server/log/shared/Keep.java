package io.chatroom.server.log.shared;

import java.time.Duration;

/**
 * What a shared store keeps: the newest messages, as far as none of these limits is passed. 0 is no
 * limit.
 *
 * @param messages of one room
 * @param bytes of one room, about
 * @param age how old a message may become
 * @param allMessages of all rooms together
 * @param allBytes of all rooms together, about
 */
public record Keep(long messages, long bytes, Duration age, long allMessages, long allBytes) {

  /** Everything is kept. */
  public static final Keep EVERYTHING = new Keep(0, 0, Duration.ZERO, 0, 0);
}
