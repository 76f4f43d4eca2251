package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;

/**
 * The header before every payload: ten bytes of text, {@code *SP 1*10DIGIT *SP}, with the length of
 * the payload (P-02). Pure functions over bytes; no channel, no state.
 */
public final class LengthHeader {

  /** The length of every header. */
  public static final int BYTES = 10;

  /** The result of {@link #parse} for ten bytes that are not a header. */
  public static final long MALFORMED = -1;

  private LengthHeader() {}

  /**
   * Reads the length in a header. Follows the grammar strictly: {@link Long#parseLong} and similar
   * methods also accept signs and the digits of other scripts, so two peers could read different
   * lengths from one header (P-03).
   *
   * @param in holds at least ten bytes from {@code index}; its indices do not change
   * @param index the start of the header
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
   * Returns true if a header can begin with these bytes.
   *
   * @param in holds the bytes; its indices do not change
   * @param index the start of the bytes
   * @param bytes their number, less than ten
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
   * @param out receives ten bytes
   * @param payloadBytes the length of the payload
   * @throws IllegalArgumentException if {@code payloadBytes} is negative
   */
  public static void write(ByteBuf out, int payloadBytes) {
    if (payloadBytes < 0) {
      throw new IllegalArgumentException("a payload of " + payloadBytes + " bytes");
    }
    String digits = Integer.toString(payloadBytes);
    byte[] header = new byte[BYTES]; // one write instead of ten, because each is checked
    for (int i = 0; i < BYTES; i++) {
      header[i] = (byte) (i < digits.length() ? digits.charAt(i) : ' ');
    }
    out.writeBytes(header);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
