/**
 * I/O through the operating system: epoll, io_uring or NIO, chosen once at the start; resetting
 * connections; explaining why listening fails.
 */
@NullMarked
package io.chatroom.server.transport;

import org.jspecify.annotations.NullMarked;
