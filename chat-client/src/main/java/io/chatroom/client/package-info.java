/**
 * The client as a library: {@link io.chatroom.client.SessionClient} for sessions, {@link
 * io.chatroom.client.ChatClient} for the seed's protocol. Nothing here depends on a terminal or a
 * command line; {@code cli} and {@code terminal} do.
 */
@NullMarked
package io.chatroom.client;

import org.jspecify.annotations.NullMarked;
