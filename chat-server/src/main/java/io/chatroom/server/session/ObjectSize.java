package io.chatroom.server.session;

import io.chatroom.protocol.Limits;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sizes of objects as JSON, which keep each object below the maximum size of a frame (S-04). Pure
 * functions, for any thread.
 */
final class ObjectSize {

  /** Upper bound for the rest of an object, without its lists and its topic, with a long q. */
  private static final int REST = 1_024;

  /** Two quotation marks and a comma. */
  private static final int AROUND = 3;

  private static final int ESCAPED = 6;

  private ObjectSize() {}

  /** Maximum size of the lists of one object, in bytes. */
  static int maxListBytes(Limits limits) {
    return SessionLimits.maxFrameBytes(limits.maxMessageBytes()) - REST;
  }

  /** Upper bound for the size of a text in an object, in bytes; 0 for null. */
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

  /** The exact size of an entry in a list, in bytes. */
  static int of(Entry entry) {
    ByteBuf scratch = Unpooled.buffer();
    SessionJson.write((FromServer) entry, scratch);
    int bytes = scratch.writerIndex();
    scratch.release();
    return bytes + 1; // the comma
  }
}
