/**
 * A person's conversation: it outlives connections, keeps messages typed meanwhile, and runs the
 * commands that begin with a slash. Nothing here depends on a terminal or a command line; a {@link
 * io.chatroom.client.chat.Screen} shows it.
 */
@NullMarked
package io.chatroom.client.chat;

import org.jspecify.annotations.NullMarked;
