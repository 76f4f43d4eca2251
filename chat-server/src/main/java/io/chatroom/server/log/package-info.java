/**
 * Messages of rooms, and the logs that order and keep them: {@link io.chatroom.server.log.RoomLog}
 * and its kinds.
 *
 * <p>It knows neither members nor connections: a log does not know who receives its messages.
 */
@NullMarked
package io.chatroom.server.log;

import org.jspecify.annotations.NullMarked;
