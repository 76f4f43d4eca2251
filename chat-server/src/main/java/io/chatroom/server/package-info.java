/**
 * The server as a program: its configuration, its command, and {@link
 * io.chatroom.server.ChatServer}, which wires the parts.
 */
@NullMarked
package io.chatroom.server;

import org.jspecify.annotations.NullMarked;
