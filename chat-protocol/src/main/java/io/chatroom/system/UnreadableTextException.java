package io.chatroom.system;

import java.io.IOException;

/** Text from outside is not what it was meant to be, and cannot be mended. One sentence says so. */
public final class UnreadableTextException extends IOException {

  UnreadableTextException(String sentence) {
    super(sentence);
  }
}
