/**
 * The client as a library: {@link io.chatroom.client.ChatClient} connects, sends, receives and
 * closes. Nothing here knows of a terminal or a command line; the commands stand on top, in {@code
 * cli} and {@code terminal}.
 */
@NullMarked
package io.chatroom.client;

import org.jspecify.annotations.NullMarked;
