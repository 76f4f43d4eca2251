/**
 * What operators and their programs see of a running server, over HTTP, on an address of its own.
 * It has a thread of its own too, and all it can be asked is bounded, so nothing that happens here
 * holds up the room. It must not know what its pages say.
 */
@NullMarked
package io.chatroom.server.admin;

import org.jspecify.annotations.NullMarked;
