package io.chatroom.server.log;

/**
 * A position in the order of a room.
 *
 * @param epoch identifies the log; a new log has a new epoch
 * @param seq the sequence number of a message, from 1; 0 is before the first
 */
public record Position(String epoch, long seq) {}
