package io.chatroom.client;

import org.jspecify.annotations.Nullable;

/**
 * A server's certificate is not trusted, and nothing was sent to it. A retry does not help: a
 * person must decide. Any thread may read it.
 */
public sealed class UntrustedServerException extends ChatException permits UnknownServerException {

  UntrustedServerException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
