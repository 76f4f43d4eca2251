/**
 * Posts the entries of rooms to other servers. It reads them from the logs, from positions of its
 * own, so that no room ever waits for it.
 */
@NullMarked
package io.chatroom.server.hooks;

import org.jspecify.annotations.NullMarked;
