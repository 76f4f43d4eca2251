package io.chatroom.server.log.shared;

import io.chatroom.protocol.LengthHeader;
import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Creates bursts from messages that other servers have stored. */
final class ForeignBursts {

  /** An author on another server. */
  private static final class Stranger implements Author {

    private final byte[] nameFrame;

    Stranger(byte[] nameFrame) {
      this.nameFrame = nameFrame;
    }

    @Override
    public byte[] nameFrame() {
      return nameFrame;
    }
  }

  private ForeignBursts() {}

  /**
   * Creates a burst. A message that was deleted meanwhile gets an empty text; the event that
   * deleted it follows later.
   */
  static Burst of(List<Message> messages) {
    Burst burst = new Burst(PooledByteBufAllocator.DEFAULT.directBuffer());
    String name = "";
    Author author = stranger("");
    for (Message message : messages) {
      if (!message.from().equals(name)) {
        name = message.from();
        author = stranger(name);
      }
      if (message.detail() instanceof RoomEvent event) {
        burst.add(author, event);
        continue;
      }
      String text = message.text();
      ByteBuf frame = frame(text == null ? "" : text);
      if (message.detail() instanceof Post post) {
        burst.add(author, frame, post);
      } else {
        burst.add(author, frame);
      }
      frame.release();
    }
    burst.seal();
    return burst;
  }

  private static Author stranger(String name) {
    ByteBuf frame = frame(name);
    byte[] bytes = new byte[frame.readableBytes()];
    frame.readBytes(bytes);
    frame.release();
    return new Stranger(bytes);
  }

  private static ByteBuf frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.UTF_8);
    ByteBuf frame = Unpooled.buffer(LengthHeader.BYTES + payload.length);
    LengthHeader.write(frame, payload.length);
    return frame.writeBytes(payload);
  }
}
