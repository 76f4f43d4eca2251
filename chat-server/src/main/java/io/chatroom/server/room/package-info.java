/**
 * The heart of the server: which members are in which rooms, and how messages reach all of them in
 * one order.
 *
 * <pre>
 *   a surface → Presence → Room → Broadcaster (collects a burst) → RoomLog (order, safety)
 *             → Room → Lane of each event loop → Broadcaster → Followers: one write per member → Outlet
 * </pre>
 *
 * <p>It knows Netty's buffers and channels, but no surface and no store by name: a surface
 * registers a {@link io.chatroom.server.room.Kind}, a store implements {@link
 * io.chatroom.server.log.RoomLog}. Names and messages are bytes to it.
 */
@NullMarked
package io.chatroom.server.room;

import org.jspecify.annotations.NullMarked;
