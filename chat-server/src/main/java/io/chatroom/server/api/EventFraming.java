package io.chatroom.server.api;

import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.session.Framing;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object as an event of a stream: its type is the event's type, the object is the data,
 * and its position in the room is the id. The id comes last, so that a script that reads line by
 * line and stores the id already has the data.
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
   * @param id the id; null for none
   */
  static void write(FromServer object, @Nullable String id, ByteBuf out) {
    ascii("event: ", out);
    ascii(object.type(), out);
    ascii("\ndata: ", out);
    SessionJson.write(object, out); // one line, as JSON escapes line ends
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
