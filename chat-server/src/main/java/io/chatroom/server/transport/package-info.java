/** How the operating system is asked for I/O: epoll, io_uring or NIO, chosen once at the start. */
@NullMarked
package io.chatroom.server.transport;

import org.jspecify.annotations.NullMarked;
