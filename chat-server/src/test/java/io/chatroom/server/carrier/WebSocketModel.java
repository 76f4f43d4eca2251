package io.chatroom.server.carrier;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A simple decoder for RFC 6455 as the model: reads all received bytes again from the start of a
 * frame.
 */
final class WebSocketModel {

  private static final int CONTINUATION = 0;
  private static final int BINARY = 2;
  private static final int CLOSE = 8;
  private static final int PONG = 10;

  private final int longest;
  private ByteBuffer waiting = ByteBuffer.allocate(0);
  private int messageBytes;
  private boolean inMessage;
  private boolean closed;
  private boolean broken;

  /**
   * A complete frame.
   *
   * @param content unmasked, one character per byte
   */
  record Seen(int opcode, boolean last, String content) {}

  /** The rules are broken. */
  private static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /**
   * @param longest how many bytes a message may have
   */
  WebSocketModel(int longest) {
    this.longest = longest;
  }

  boolean isBroken() {
    return broken;
  }

  /** The frames that end in these bytes. */
  List<Seen> feed(byte[] bytes) {
    waiting =
        ByteBuffer.allocate(waiting.remaining() + bytes.length).put(waiting).put(bytes).flip();
    List<Seen> frames = new ArrayList<>();
    try {
      while (!closed && !broken) {
        int start = waiting.position();
        Seen frame = next();
        if (frame == null) {
          waiting.position(start);
          break;
        }
        frames.add(frame);
      }
    } catch (Broken e) {
      broken = true;
    }
    return frames;
  }

  private static void demand(boolean holds) {
    if (!holds) {
      throw new Broken();
    }
  }

  /** Null if the frame is incomplete, and valid so far. */
  private @Nullable Seen next() {
    if (waiting.remaining() < 2) {
      return null;
    }
    int first = waiting.get() & 0xFF;
    int second = waiting.get() & 0xFF;
    boolean last = first >= 0x80;
    int opcode = first & 0x0F;
    demand((first & 0x70) == 0);
    demand(second >= 0x80);
    long length = second & 0x7F;
    if (opcode >= CLOSE) {
      demand(last && length < 126 && opcode <= PONG);
      demand(opcode != CLOSE || length != 1);
    } else {
      demand(opcode <= BINARY && (opcode == CONTINUATION) == inMessage);
    }
    if (length == 126) {
      if (waiting.remaining() < 2) {
        return null;
      }
      length = waiting.getShort() & 0xFFFF;
      demand(length >= 126);
    } else if (length == 127) {
      if (waiting.remaining() < 8) {
        return null;
      }
      length = waiting.getLong();
      demand(length >= 65_536);
    }
    demand(length <= (opcode == CONTINUATION ? longest - messageBytes : longest));
    if (waiting.remaining() < 4 + length) {
      return null;
    }
    byte[] content = unmasked((int) length);
    if (opcode == CLOSE) {
      demand(isReason(content));
      closed = true;
    } else if (opcode < CLOSE) {
      inMessage = !last;
      messageBytes = last ? 0 : messageBytes + content.length;
    }
    return new Seen(opcode, last, new String(content, StandardCharsets.ISO_8859_1));
  }

  private byte[] unmasked(int length) {
    byte[] mask = new byte[4];
    waiting.get(mask);
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (int i = 0; i < length; i++) {
      content.write(waiting.get() ^ mask[i % 4]);
    }
    return content.toByteArray();
  }

  /** A legal close code, and text, whose last character may be incomplete. */
  private static boolean isReason(byte[] content) {
    if (content.length == 0) {
      return true;
    }
    int number = ByteBuffer.wrap(content).getShort();
    boolean maySend =
        number < 0
            || (number >= 1_000 && number <= 1_003)
            || (number >= 1_007 && number <= 1_014)
            || number >= 3_000;
    ByteBuffer text = ByteBuffer.wrap(content, 2, content.length - 2);
    return maySend
        && !StandardCharsets.UTF_8
            .newDecoder()
            .decode(text, CharBuffer.allocate(content.length), false)
            .isError();
  }
}
