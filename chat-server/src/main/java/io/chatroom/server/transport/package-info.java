/**
 * How the operating system is asked for I/O: epoll, io_uring or NIO, chosen once at the start; how
 * a connection is reset; and why it does not let us listen.
 */
@NullMarked
package io.chatroom.server.transport;

import org.jspecify.annotations.NullMarked;
