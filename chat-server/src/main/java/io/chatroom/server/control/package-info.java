/** How commands reach a running server: a socket beside its data, for its user only. */
@NullMarked
package io.chatroom.server.control;

import org.jspecify.annotations.NullMarked;
