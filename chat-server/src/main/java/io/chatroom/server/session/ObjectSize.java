package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.SessionLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How long objects become as JSON, so that none has more bytes than a frame may have (S-04). Pure
 * functions, for any thread.
 */
final class ObjectSize {

  /** What an object has besides its lists and its topic, at most, with a long {@code q}. */
  private static final int BESIDES = 1_024;

  /** The quotation marks, and a comma. */
  private static final int AROUND = 3;

  private static final int ESCAPED = 6;

  private ObjectSize() {}

  /** How many bytes the lists of one object may have. */
  static int maxListBytes(Limits limits) {
    return SessionLimits.maxFrameBytes(limits.maxMessageBytes()) - BESIDES;
  }

  /** How many bytes a text takes in an object, at most; 0 if there is none. */
  static int of(@Nullable String text) {
    if (text == null) {
      return 0;
    }
    int bytes = AROUND;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ') {
        bytes += ESCAPED;
      } else if (c == '"' || c == '\\') {
        bytes += 2;
      } else {
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      }
    }
    return bytes;
  }

  static long of(List<String> texts) {
    return texts.stream().mapToLong(ObjectSize::of).sum();
  }
}
