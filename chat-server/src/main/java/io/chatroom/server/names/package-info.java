/** Ownership of names, and permissions. Knows no sockets, rooms or stores. */
@NullMarked
package io.chatroom.server.names;

import org.jspecify.annotations.NullMarked;
