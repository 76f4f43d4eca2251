package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.netty.buffer.ByteBuf;

/**
 * Writes WebSocket frames of a server (RFC 6455, 5.2): unfragmented and unmasked. The members of a
 * room share the bytes, so no handler of a single connection can write them.
 */
final class WebSocketFraming {

  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  private static final int TEXT = 0x1;
  private static final int FINAL = 0x80;

  /** The largest length that fits into one byte. */
  private static final int MAX_SHORT = 125;

  private static final int TWO_BYTES_FOLLOW = 126;
  private static final int EIGHT_BYTES_FOLLOW = 127;
  private static final int MAX_MEDIUM = 65_535;

  private static final int SHORT_HEADER = 2;
  private static final int MEDIUM_HEADER = 4;
  private static final int LONG_HEADER = 10;

  private WebSocketFraming() {}

  /** Writes an object as one text message in one frame. */
  static void write(FromServer object, ByteBuf out) {
    int start = out.writerIndex();
    out.writeZero(MEDIUM_HEADER); // the most common size; the length is known only later
    SessionJson.write(object, out);
    int length = out.writerIndex() - start - MEDIUM_HEADER;
    if (length <= MAX_SHORT) {
      move(out, start + MEDIUM_HEADER, start + SHORT_HEADER, length);
    } else if (length > MAX_MEDIUM) {
      out.ensureWritable(LONG_HEADER - MEDIUM_HEADER);
      move(out, start + MEDIUM_HEADER, start + LONG_HEADER, length);
    }
    out.writerIndex(start);
    writeHeader(TEXT, length, out);
    out.writerIndex(out.writerIndex() + length);
  }

  private static void move(ByteBuf out, int from, int to, int length) {
    ByteBuf content = out.alloc().directBuffer(length); // short, or rare
    try {
      out.getBytes(from, content, length);
      out.setBytes(to, content, length);
    } finally {
      content.release();
    }
  }

  /** Writes a control frame with all readable bytes, at most 125. */
  static void writeControl(int opcode, ByteBuf content, ByteBuf out) {
    int length = content.readableBytes();
    writeHeader(opcode, length, out);
    out.writeBytes(content, content.readerIndex(), length);
  }

  /** Writes a length in its shortest form; others are not allowed. */
  private static void writeHeader(int opcode, int length, ByteBuf out) {
    out.writeByte(FINAL | opcode);
    if (length <= MAX_SHORT) {
      out.writeByte(length);
    } else if (length <= MAX_MEDIUM) {
      out.writeByte(TWO_BYTES_FOLLOW).writeShort(length);
    } else {
      out.writeByte(EIGHT_BYTES_FOLLOW).writeLong(length);
    }
  }
}
