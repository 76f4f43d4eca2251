/** How the log looks, and how strangers are kept from making it long. */
@NullMarked
package io.chatroom.server.logging;

import org.jspecify.annotations.NullMarked;
