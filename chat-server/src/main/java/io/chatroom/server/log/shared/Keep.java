package io.chatroom.server.log.shared;

import java.time.Duration;

/**
 * The retention limits of a shared store. The oldest messages are deleted when a limit is exceeded;
 * 0 means no limit.
 *
 * @param messages maximum number of messages per room
 * @param bytes approximate maximum size of a room, in bytes
 * @param age maximum age of a message
 * @param allMessages maximum number of messages in all rooms
 * @param allBytes approximate maximum size of all rooms, in bytes
 */
public record Keep(long messages, long bytes, Duration age, long allMessages, long allBytes) {

  /** No limits. */
  public static final Keep EVERYTHING = new Keep(0, 0, Duration.ZERO, 0, 0);
}
