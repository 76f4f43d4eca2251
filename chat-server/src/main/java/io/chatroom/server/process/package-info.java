/** This program as a process: its version, its signals, and its end when memory is exhausted. */
@NullMarked
package io.chatroom.server.process;

import org.jspecify.annotations.NullMarked;
