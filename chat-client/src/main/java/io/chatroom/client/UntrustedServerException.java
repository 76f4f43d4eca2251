package io.chatroom.client;

import org.jspecify.annotations.Nullable;

/**
 * A server showed a certificate that does not count, and nothing was said to it. Trying again does
 * not help: somebody has to look. Any thread may read it.
 */
public sealed class UntrustedServerException extends ChatException permits UnknownServerException {

  UntrustedServerException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
