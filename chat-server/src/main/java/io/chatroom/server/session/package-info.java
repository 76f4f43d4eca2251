/**
 * One session of {@code SESSIONS.md}: its hello, its rooms, its requests and posts, and how it
 * catches up. It knows no socket: TCP, WebSocket and tests carry the same class.
 */
@NullMarked
package io.chatroom.server.session;

import org.jspecify.annotations.NullMarked;
