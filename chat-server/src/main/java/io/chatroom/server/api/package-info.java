/**
 * The HTTP API: session objects as bodies, and a room as an event stream. Each request is a short
 * {@link io.chatroom.server.session.Session}, so all rules of sessions apply.
 */
@NullMarked
package io.chatroom.server.api;

import org.jspecify.annotations.NullMarked;
