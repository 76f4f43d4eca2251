/**
 * Terminal input and output: streams, windows, colours, sanitising. Nothing here knows of a
 * connection or a command line.
 */
@NullMarked
package io.chatroom.client.terminal;

import org.jspecify.annotations.NullMarked;
