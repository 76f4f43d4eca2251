package io.chatroom.server.api;

import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.server.session.Framing;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The form of an object in an event stream: its type is the event's type, the object is the data,
 * and its place in the room is the id. The id comes last, so that a script that stores it while
 * reading line by line has the data already.
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
