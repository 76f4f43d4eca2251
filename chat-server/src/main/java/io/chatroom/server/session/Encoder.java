package io.chatroom.server.session;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.room.Placed;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Converts entries of a log to the objects that clients receive, and texts to the form that a log
 * keeps. Pure functions, for any thread.
 */
public final class Encoder {

  private Encoder() {}

  /** A message or event of a burst. */
  static FromServer entry(RoomName room, Placed said, int message) {
    Burst burst = said.burst();
    Detail detail = burst.detail(message);
    long seq = said.firstSeq() + message;
    if (detail instanceof RoomEvent event) {
      return event(room, seq, said.atMillis(), event);
    }
    return message(room, seq, said.atMillis(), burst.name(message), burst.text(message), detail);
  }

  /** The object for the author of an entry: an ack for a post, else the entry itself. */
  static FromServer answer(RoomName room, Placed said, int message) {
    return said.burst().detail(message) instanceof Post post
        ? new FromServer.Ack(post.id(), room, said.firstSeq() + message, said.atMillis(), false)
        : entry(room, said, message);
  }

  /** A message or event from a log. */
  public static FromServer entry(RoomName room, Message kept) {
    return kept.detail() instanceof RoomEvent event
        ? event(room, kept.seq(), kept.atMillis(), event)
        : message(room, kept.seq(), kept.atMillis(), kept.from(), kept.text(), kept.detail());
  }

  private static FromServer.Message message(
      RoomName room,
      long seq,
      long at,
      String from,
      @Nullable String text,
      @Nullable Detail detail) {
    Post post = detail instanceof Post it ? it : null;
    Long replyTo = post != null && post.replyTo() > 0 ? post.replyTo() : null;
    boolean owned = post != null && post.owned();
    return new FromServer.Message(room, seq, at, from, owned, text, replyTo);
  }

  private static FromServer.Event event(RoomName room, long seq, long at, RoomEvent event) {
    long deletes = event.deletes();
    return deletes > 0
        ? new FromServer.Event(room, seq, at, event.kind(), event.by(), deletes, null, null)
        : new FromServer.Event(
            room, seq, at, event.kind(), event.by(), null, event.target(), event.text());
  }

  /** A name or text as a frame of the seed protocol, which is the form that a log keeps. */
  static byte[] frame(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.buffer(LengthHeader.BYTES + utf8.length);
    LengthHeader.write(frame, utf8.length);
    return frame.writeBytes(utf8).array(); // all of it
  }
}
