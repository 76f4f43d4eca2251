/** The commands of {@code chat-client.jar}, one picocli class each. */
@NullMarked
package io.chatroom.client.cli;

import org.jspecify.annotations.NullMarked;
