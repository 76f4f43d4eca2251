/** Ownership of names, and permissions. Independent of sockets, rooms and stores. */
@NullMarked
package io.chatroom.server.names;

import org.jspecify.annotations.NullMarked;
