/**
 * Logs that several servers share: all rooms in one PostgreSQL database, one order in each room.
 *
 * <pre>
 *   SharedLog.append → Writers (a few threads; what waits in a room is one transaction) ┐
 *                                                                                       ├→ followers, strictly by seq
 *   what others have stored → Listener (notifications) → CatchUp (reads by seq)         ┘
 *   SharedLog.read   → Readers
 * </pre>
 *
 * <p>The tables are in {@code SharedSchema} and the classes that it names, one for each part of the
 * server that keeps something there.
 */
@NullMarked
package io.chatroom.server.log.shared;

import org.jspecify.annotations.NullMarked;
