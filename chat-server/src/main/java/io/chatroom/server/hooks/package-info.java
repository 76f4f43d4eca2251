/**
 * Posts the entries of rooms to other servers. It reads them from logs, from a position of its own,
 * so that no room ever waits for it.
 */
@NullMarked
package io.chatroom.server.hooks;

import org.jspecify.annotations.NullMarked;
