package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The header in front of every payload: ten bytes of text, {@code *SP 1*10DIGIT *SP}, that say how
 * many bytes follow (P-02). Pure functions over bytes; no channel, no state.
 */
public final class LengthHeader {

  /** A header is this long, always. */
  public static final int BYTES = 10;

  /** The answer of {@link #parse} for ten bytes that are not a header. */
  public static final long MALFORMED = -1;

  private LengthHeader() {}

  /**
   * Reads the length that ten bytes announce. The grammar is followed to the letter: what {@link
   * Long#parseLong} and its like accept beyond it (signs, other scripts' digits) would let two
   * peers read different lengths from one header (P-03).
   *
   * @param in holds at least ten bytes from {@code index} on; its indices stay as they are
   * @param index where the header starts
   * @return the payload's length in bytes, 0 to 9,999,999,999, or {@link #MALFORMED}
   */
  public static long parse(ByteBuf in, int index) {
    int end = index + BYTES;
    int i = index;
    while (i < end && in.getByte(i) == ' ') {
      i++;
    }
    int firstDigit = i;
    long length = 0;
    while (i < end && isDigit(in.getByte(i))) {
      length = length * 10 + (in.getByte(i) - '0');
      i++;
    }
    if (i == firstDigit) {
      return MALFORMED;
    }
    while (i < end) {
      if (in.getByte(i) != ' ') {
        return MALFORMED;
      }
      i++;
    }
    return length;
  }

  /**
   * Whether a header may begin with these bytes, of which there are fewer than ten.
   *
   * @param in holds the bytes; its indices stay as they are
   * @param index where they start
   * @param bytes how many there are
   */
  public static boolean mayBegin(ByteBuf in, int index, int bytes) {
    int end = index + bytes;
    int i = index;
    while (i < end && in.getByte(i) == ' ') {
      i++;
    }
    while (i < end && isDigit(in.getByte(i))) {
      i++;
    }
    while (i < end && in.getByte(i) == ' ') {
      i++;
    }
    return i == end;
  }

  /**
   * Writes a header as a client should: digits, then spaces (C-01).
   *
   * @param out takes ten bytes
   * @param payloadBytes the length to announce
   * @throws IllegalArgumentException if {@code payloadBytes} is negative
   */
  public static void write(ByteBuf out, int payloadBytes) {
    if (payloadBytes < 0) {
      throw new IllegalArgumentException("a payload of " + payloadBytes + " bytes");
    }
    String digits = Integer.toString(payloadBytes);
    byte[] header = new byte[BYTES]; // one write instead of ten, as each is checked
    for (int i = 0; i < BYTES; i++) {
      header[i] = (byte) (i < digits.length() ? digits.charAt(i) : ' ');
    }
    out.writeBytes(header);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
