/**
 * A conversation as a person has it: it outlives connections, keeps what was typed meanwhile, and
 * knows what the lines that begin with a slash mean. Nothing here knows of a terminal or a command
 * line; what is to be seen goes to a {@link io.chatroom.client.chat.Screen}.
 */
@NullMarked
package io.chatroom.client.chat;

import org.jspecify.annotations.NullMarked;
