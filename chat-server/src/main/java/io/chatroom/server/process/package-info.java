/**
 * This program as a process: its version, the signals it gets, and its end when memory is used up.
 */
@NullMarked
package io.chatroom.server.process;

import org.jspecify.annotations.NullMarked;
