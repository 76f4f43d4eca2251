/**
 * What is said in a room, and the log that gives it its order and keeps it: {@link
 * io.chatroom.server.log.RoomLog} and its kinds.
 *
 * <p>It knows neither members nor connections: a log cannot tell, and need not, who hears what it
 * hands on.
 */
@NullMarked
package io.chatroom.server.log;

import org.jspecify.annotations.NullMarked;
