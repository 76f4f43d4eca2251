package io.chatroom.server.log;

/**
 * A place in the order of a room.
 *
 * @param epoch identifies the log; a new log has a new one
 * @param seq the number of a message, from 1 on; 0 is before the first
 */
public record Position(String epoch, long seq) {}
