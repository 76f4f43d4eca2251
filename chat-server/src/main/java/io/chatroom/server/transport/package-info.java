/**
 * I/O through the operating system: epoll, io_uring or NIO, chosen once at the start; resetting
 * connections; and why listening fails.
 */
@NullMarked
package io.chatroom.server.transport;

import org.jspecify.annotations.NullMarked;
