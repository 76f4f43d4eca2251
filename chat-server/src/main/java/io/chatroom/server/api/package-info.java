/**
 * The API for programs without a session connection: session objects as HTTP bodies, and a room as
 * an event stream. A request is a short {@link io.chatroom.server.session.Session}, so all rules of
 * sessions apply.
 */
@NullMarked
package io.chatroom.server.api;

import org.jspecify.annotations.NullMarked;
