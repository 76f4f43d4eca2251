/**
 * What operators and their programs see of a running server, over HTTP, on an address of its own.
 * It has a thread of its own too, and all it can be asked is bounded, so nothing that happens here
 * holds up the room. What its pages say comes from {@link io.chatroom.server.admin.Admin}; the
 * endpoint itself must not know it.
 */
@NullMarked
package io.chatroom.server.admin;

import org.jspecify.annotations.NullMarked;
