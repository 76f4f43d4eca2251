/**
 * The server as a program: its command, {@link io.chatroom.server.ServerCommand}; {@link
 * io.chatroom.server.ChatServer}, which starts and stops the parts; and their wiring. Every part
 * has a package of its own.
 */
@NullMarked
package io.chatroom.server;

import org.jspecify.annotations.NullMarked;
