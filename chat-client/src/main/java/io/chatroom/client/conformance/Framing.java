package io.chatroom.client.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The kit's own reading of P-01 to P-04: a header of 10 bytes, then as many bytes as it says. */
public final class Framing {

  public static final int HEADER_BYTES = 10;

  /** More than anybody relays; a server that announces more is out of step or out of its mind. */
  private static final long MAX_PAYLOAD_BYTES = 16L << 20;

  private static final Pattern HEADER = Pattern.compile(" *([0-9]{1,10}) *");

  private Framing() {}

  /** A frame as the seed's listener writes it: digits, then spaces. */
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
   * @throws OutOfStepException if the bytes that should have been a header are none
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
      throw new OutOfStepException(
          "where a header was due came " + header + ": the stream is out of step");
    }
    if (length > MAX_PAYLOAD_BYTES) {
      throw new OutOfStepException("a header announced more than anybody sent: " + header);
    }
    Bytes payload = Bytes.copyOf(in.readNBytes((int) length));
    if (payload.length() < length) {
      throw new CutShortException(
          "the stream ended within the %d bytes that %s announced, after %s"
              .formatted(length, header, payload));
    }
    return new Frame(header, payload);
  }

  /** The length that a header says, or -1 if it is not of the form of P-02. */
  public static long length(Bytes header) {
    String text = new String(header.toArray(), StandardCharsets.ISO_8859_1);
    var matcher = HEADER.matcher(text);
    return text.length() == HEADER_BYTES && matcher.matches()
        ? Long.parseLong(matcher.group(1))
        : -1;
  }

  /** One frame as it was on the wire. */
  public record Frame(Bytes header, Bytes payload) {}

  /** What was read cannot be split into frames. */
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
