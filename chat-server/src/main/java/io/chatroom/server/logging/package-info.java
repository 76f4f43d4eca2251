/** The format of the log, and its protection against floods. */
@NullMarked
package io.chatroom.server.logging;

import org.jspecify.annotations.NullMarked;
