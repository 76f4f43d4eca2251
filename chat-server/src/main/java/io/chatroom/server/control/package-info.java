/**
 * How commands reach a running server: a socket beside its data, for the user that runs it alone.
 */
@NullMarked
package io.chatroom.server.control;

import org.jspecify.annotations.NullMarked;
