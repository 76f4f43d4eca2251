package io.chatroom.server.log;

/**
 * A message that a log has kept.
 *
 * @param seq its number in the order of its room, from 1 on
 * @param atMillis when the log took it, in milliseconds since 1970, UTC
 * @param from the name of its author
 * @param text what was said
 */
public record Message(long seq, long atMillis, String from, String text) {}
