/**
 * HTTP on the chat port: upgrades to WebSockets, and routes to endpoints, such as the page and the
 * API. {@link io.chatroom.server.web.HttpHandler} passes each request to its endpoint. Package
 * {@code carrier} carries sessions over a WebSocket.
 */
@NullMarked
package io.chatroom.server.web;

import org.jspecify.annotations.NullMarked;
