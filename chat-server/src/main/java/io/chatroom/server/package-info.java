/**
 * The server as a program: {@link io.chatroom.server.ServerCommand}, its command, and {@link
 * io.chatroom.server.ChatServer}, which wires the parts. Every part has a package of its own.
 */
@NullMarked
package io.chatroom.server;

import org.jspecify.annotations.NullMarked;
