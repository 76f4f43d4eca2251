/**
 * Room logs in a PostgreSQL database that several servers share. Each room has one order.
 *
 * <pre>
 *   SharedLog.append → Writers (a few threads, one transaction for all that waits in a room) ┐
 *                                                                                            ├→ followers, in order of seq
 *   other servers → NotificationListener → CatchUp (reads by seq)                            ┘
 *   SharedLog.read → SharedReader
 * </pre>
 *
 * <p>{@code SharedSchema} lists the classes that define the tables.
 */
@NullMarked
package io.chatroom.server.log.shared;

import org.jspecify.annotations.NullMarked;
