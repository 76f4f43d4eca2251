package io.chatroom.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong between this client and its server. The message is one sentence for people,
 * safe to print: what happened, with which server, and what to check where that helps. The cause,
 * if any, is the network's error. Any thread may read it.
 */
public class ChatException extends IOException {

  ChatException(String sentence) {
    this(sentence, null);
  }

  ChatException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
