package io.chatroom.protocol;

import io.netty.buffer.ByteBuf;

/**
 * Checks UTF-8 by the table of well-formed sequences in RFC 3629, section 4 (P-05). Decodes
 * nothing, because a server relays bytes and needs no characters. Pure functions, for any thread.
 */
public final class Utf8 {

  private static final long HIGH_BITS = 0x8080808080808080L;

  private Utf8() {}

  /**
   * Returns true if a range of bytes is valid UTF-8: no overlong form, no surrogate, nothing above
   * U+10FFFF, no sequence truncated at the end.
   *
   * @param in holds the bytes; its indices do not change
   * @param index the start of the range
   * @param length the length of the range in bytes
   */
  public static boolean isValid(ByteBuf in, int index, int length) {
    int end = index + length;
    int i = index;
    while (i < end) {
      // Chat is mostly ASCII: eight bytes at a time while no byte has its high bit set.
      while (end - i >= Long.BYTES && (in.getLong(i) & HIGH_BITS) == 0) {
        i += Long.BYTES;
      }
      if (i == end) {
        return true;
      }
      int sequence = sequenceLength(in, i, end);
      if (sequence == 0) {
        return false;
      }
      i += sequence;
    }
    return true;
  }

  /** The length of the well-formed sequence at {@code i}; 0 if there is none. */
  private static int sequenceLength(ByteBuf in, int i, int end) {
    int lead = in.getUnsignedByte(i);
    if (lead < 0x80) {
      return 1;
    }
    if (lead < 0xC2) {
      return 0; // a continuation byte, or the lead of an overlong form
    }
    if (lead < 0xE0) {
      return end - i >= 2 && isContinuation(in, i + 1) ? 2 : 0;
    }
    if (lead < 0xF0) {
      int lowest = lead == 0xE0 ? 0xA0 : 0x80; // below: overlong
      int highest = lead == 0xED ? 0x9F : 0xBF; // above: surrogates
      return end - i >= 3 && isBetween(in, i + 1, lowest, highest) && isContinuation(in, i + 2)
          ? 3
          : 0;
    }
    if (lead < 0xF5) {
      int lowest = lead == 0xF0 ? 0x90 : 0x80; // below: overlong
      int highest = lead == 0xF4 ? 0x8F : 0xBF; // above: beyond U+10FFFF
      return end - i >= 4
              && isBetween(in, i + 1, lowest, highest)
              && isContinuation(in, i + 2)
              && isContinuation(in, i + 3)
          ? 4
          : 0;
    }
    return 0;
  }

  private static boolean isContinuation(ByteBuf in, int i) {
    return (in.getByte(i) & 0xC0) == 0x80;
  }

  private static boolean isBetween(ByteBuf in, int i, int lowest, int highest) {
    int b = in.getUnsignedByte(i);
    return b >= lowest && b <= highest;
  }
}
