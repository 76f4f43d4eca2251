package io.chatroom.server.api;

import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.session.Framing;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How an object stands in a stream of events: its type as the event's, itself as the data, and as
 * the id where it stands in its room. The id comes last: a script that remembers it line by line
 * has handled what came before.
 */
final class EventFraming implements Framing {

  @Override
  public void write(FromServer object, ByteBuf out) {
    write(object, null, out);
  }

  @Override
  public void writeEntry(FromServer entry, String epoch, ByteBuf out) {
    write(entry, entry instanceof Entry placed ? epoch + ":" + placed.seq() : null, out);
  }

  /**
   * Writes an event.
   *
   * @param id null if it has none
   */
  static void write(FromServer object, @Nullable String id, ByteBuf out) {
    ascii("event: ", out);
    ascii(object.type(), out);
    ascii("\ndata: ", out);
    SessionJson.write(object, out); // in one line: JSON escapes line ends
    if (id != null) {
      ascii("\nid: ", out);
      ascii(id, out);
    }
    ascii("\n\n", out);
  }

  static void ascii(String text, ByteBuf out) {
    out.writeCharSequence(text, StandardCharsets.US_ASCII);
  }
}
