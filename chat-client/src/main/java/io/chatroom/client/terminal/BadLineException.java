package io.chatroom.client.terminal;

import java.io.IOException;

/**
 * A line of input, or all of it, that cannot be sent as it is. The message is one sentence for
 * people.
 */
public final class BadLineException extends IOException {

  BadLineException(String sentence) {
    super(sentence);
  }
}
