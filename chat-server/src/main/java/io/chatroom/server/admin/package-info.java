/**
 * The view of a running server for operators and their programs, over HTTP, on an address of its
 * own. It has its own thread, and everything about its requests is bounded, so nothing here delays
 * the rooms. {@link io.chatroom.server.admin.Admin} provides the content of the pages; the endpoint
 * itself must not know it.
 */
@NullMarked
package io.chatroom.server.admin;

import org.jspecify.annotations.NullMarked;
