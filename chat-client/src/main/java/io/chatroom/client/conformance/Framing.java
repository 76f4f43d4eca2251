package io.chatroom.client.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kit's own framing, P-01 to P-04: a header of 10 bytes, then as many bytes as it announces.
 */
public final class Framing {

  public static final int HEADER_BYTES = 10;

  /** More than any message of the kit. If a server announces more, its stream is out of step. */
  private static final long MAX_PAYLOAD_BYTES = 16L << 20;

  private static final Pattern HEADER = Pattern.compile(" *([0-9]{1,10}) *");

  private Framing() {}

  /** Returns a frame as the seed's listener writes it: the header is digits, then spaces. */
  public static Bytes frame(Bytes payload) {
    return header(payload.length()).plus(payload);
  }

  public static Bytes header(long lengthBytes) {
    Bytes digits = Bytes.utf8(Long.toString(lengthBytes));
    return digits.plus(Bytes.utf8(" ").times(HEADER_BYTES - digits.length()));
  }

  /**
   * Reads one frame.
   *
   * @return the frame, or {@code null} if the stream ended where a frame could have begun
   * @throws OutOfStepException if the bytes where a header must be are not one
   * @throws CutShortException if the stream ended within the frame
   */
  public static @Nullable Frame read(InputStream in) throws IOException {
    Bytes header = Bytes.copyOf(in.readNBytes(HEADER_BYTES));
    if (header.isEmpty()) {
      return null;
    }
    if (header.length() < HEADER_BYTES) {
      throw new CutShortException("the stream ended within a header, after " + header);
    }
    long length = length(header);
    if (length < 0) {
      throw new OutOfStepException("the stream is out of step: expected a header, got " + header);
    }
    if (length > MAX_PAYLOAD_BYTES) {
      throw new OutOfStepException(
          "a header announced more bytes than the kit ever sends: " + header);
    }
    Bytes payload = Bytes.copyOf(in.readNBytes((int) length));
    if (payload.length() < length) {
      throw new CutShortException(
          "the stream ended within the %d bytes that %s announced, after %s"
              .formatted(length, header, payload));
    }
    return new Frame(header, payload);
  }

  /** Returns the length in a header, or -1 if the header is malformed (P-03). */
  public static long length(Bytes header) {
    String text = new String(header.toArray(), StandardCharsets.ISO_8859_1);
    var matcher = HEADER.matcher(text);
    return text.length() == HEADER_BYTES && matcher.matches()
        ? Long.parseLong(matcher.group(1))
        : -1;
  }

  /** One frame as it was on the wire. */
  public record Frame(Bytes header, Bytes payload) {}

  /** The stream cannot be split into frames. */
  public static final class OutOfStepException extends IOException {
    public OutOfStepException(String message) {
      super(message);
    }
  }

  /** The stream ended within a frame. */
  public static final class CutShortException extends IOException {
    public CutShortException(String message) {
      super(message);
    }
  }
}
