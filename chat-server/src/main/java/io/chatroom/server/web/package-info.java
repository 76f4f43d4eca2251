/**
 * HTTP on the port of the room: the way to a WebSocket, and short answers to everything else.
 * {@link io.chatroom.server.web.HttpHandler} decides what a request gets; pages and an API would
 * stand beside its answers. Sessions over a WebSocket are the business of {@code carrier}.
 */
@NullMarked
package io.chatroom.server.web;

import org.jspecify.annotations.NullMarked;
