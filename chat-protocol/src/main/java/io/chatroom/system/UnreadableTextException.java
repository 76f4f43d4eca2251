package io.chatroom.system;

import java.io.IOException;

/** A text from outside was damaged in decoding. The message is one sentence for people. */
public final class UnreadableTextException extends IOException {

  UnreadableTextException(String sentence) {
    super(sentence);
  }
}
