package io.chatroom.server.log;

/**
 * A place in the order of a room.
 *
 * @param epoch which log it is a place of: another one when the log was made anew
 * @param seq the number of a message, from 1 on; 0 is in front of the first
 */
public record Position(String epoch, long seq) {}
