package io.chatroom.client.conformance.session;

import io.chatroom.client.conformance.Bytes;
import io.chatroom.client.conformance.Framing;
import io.chatroom.client.conformance.session.Wire.WrongFrameException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A frame as servers send it: not masked, and without extensions. */
record WebSocketFrame(boolean last, int kind, Bytes payload) {

  private static final int MAX_PAYLOAD_BYTES = 16 << 20;

  /**
   * Reads a frame.
   *
   * @return {@code null} if the stream ended before the frame
   */
  static @Nullable WebSocketFrame read(InputStream in) throws IOException {
    int first = in.read();
    if (first < 0) {
      return null;
    }
    int second = next(in, 1);
    if ((first & 0x70) != 0) {
      throw new WrongFrameException(
          "a frame came with the bits of an extension that was not negotiated");
    }
    if ((second & 0x80) != 0) {
      throw new WrongFrameException("a masked frame came");
    }
    long length = second & 0x7f;
    if (length == 126) {
      length = next(in, 2);
    } else if (length == 127) {
      length = ((long) next(in, 4) << 32) | Integer.toUnsignedLong(next(in, 4));
    }
    boolean control = (first & 0x08) != 0;
    if (length < 0 || length > (control ? 125 : MAX_PAYLOAD_BYTES)) {
      throw new WrongFrameException("a frame announced %,d bytes".formatted(length));
    }
    if (control && (first & 0x80) == 0) {
      throw new WrongFrameException("a fragmented control frame came");
    }
    byte[] payload = in.readNBytes((int) length);
    if (payload.length < length) {
      throw new Framing.CutShortException("the stream ended within a frame");
    }
    return new WebSocketFrame((first & 0x80) != 0, first & 0x0f, Bytes.copyOf(payload));
  }

  private static int next(InputStream in, int bytes) throws IOException {
    int number = 0;
    for (int i = 0; i < bytes; i++) {
      int next = in.read();
      if (next < 0) {
        throw new Framing.CutShortException("the stream ended within a frame");
      }
      number = (number << 8) | next;
    }
    return number;
  }
}
