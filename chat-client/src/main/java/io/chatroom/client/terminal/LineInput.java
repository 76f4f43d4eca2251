package io.chatroom.client.terminal;

import io.chatroom.system.FileTrouble;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads UTF-8 by lines, never keeping more than one of them, or as a whole. A line ends with LF or
 * CR LF; the last one may lack it. A line that is too long or not UTF-8 is refused as a whole,
 * because cutting it, or replacing characters, would change what its author says; reading continues
 * with the next line. A line that a terminal may have cut is refused, too. A byte order mark at the
 * very beginning is no part of the text. Not thread-safe.
 */
public final class LineInput {

  /**
   * The longest line that can be edited in a Linux terminal. The kernel silently drops further
   * input, and delivers a line of exactly this length at the next Enter.
   */
  static final int LONGEST_TYPED_BYTES = 4095;

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  private final InputStream in;
  private final int maxBytes;
  private final boolean typed;
  private final byte[] buffer = new byte[8192]; // more than a terminal gives at a time
  private int position;
  private int limit;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long lineNumber;
  private boolean begun;
  private boolean ended;
  private boolean cut;

  /**
   * @param maxBytes maximum size of a line, or of the whole, without its end
   */
  public LineInput(Stdio stdio, int maxBytes) {
    this(stdio.in(), maxBytes, stdio.typed());
  }

  /**
   * @param typed whether the input is a terminal in line mode
   */
  LineInput(InputStream in, int maxBytes, boolean typed) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.typed = typed;
  }

  /**
   * The next line without its end, or null when there is none.
   *
   * @throws BadLineException if this line is refused; the next call reads the next line
   * @throws IOException if the input cannot be read; its message is a sentence for people
   */
  public @Nullable String next() throws IOException {
    cut = false;
    int b = read();
    if (b < 0) {
      return null;
    }
    lineNumber++;
    line.reset();
    boolean tooLong = false;
    for (; b >= 0 && b != '\n'; b = read()) {
      if (line.size() <= maxBytes) { // room for a CR at the end
        line.write(b);
      } else {
        tooLong = true;
      }
    }
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r' && !tooLong) {
      length--;
    }
    if (length > maxBytes) {
      throw new BadLineException(
          "line " + lineNumber + " is too long: a message has at most " + maxBytes + " bytes");
    }
    refuseCut("line " + lineNumber);
    return decode(ByteBuffer.wrap(bytes, 0, length), "line " + lineNumber);
  }

  /**
   * The rest of the input, with its line ends except for one at the very end. Null when nothing is
   * left.
   *
   * @throws BadLineException if it is too long, which is found without reading to its end, or cut,
   *     or not UTF-8
   * @throws IOException if it cannot be read; its message is a sentence for people
   */
  public @Nullable String whole() throws IOException {
    cut = false;
    int b = read();
    if (b < 0) {
      return null;
    }
    line.reset();
    int room = maxBytes + 3; // for CR LF at the end, and for one more to see that it is too long
    for (; b >= 0 && line.size() < room; b = read()) {
      line.write(b);
    }
    byte[] bytes = line.toByteArray();
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\n') {
      length--;
      if (length > 0 && bytes[length - 1] == '\r') {
        length--;
      }
    }
    if (length > maxBytes) {
      throw new BadLineException(
          "the input is too long: a message has at most " + maxBytes + " bytes");
    }
    refuseCut("the input");
    return decode(ByteBuffer.wrap(bytes, 0, length), "the input");
  }

  private void refuseCut(String what) throws BadLineException {
    if (cut) {
      throw new BadLineException(
          what
              + " may have lost its end: this terminal cuts typed and pasted lines after "
              + LONGEST_TYPED_BYTES
              + " bytes; break the text into lines, or send it from a file");
    }
  }

  private static String decode(ByteBuffer bytes, String what) throws BadLineException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BadLineException(what + " is not UTF-8");
    }
  }

  /** The end of input is final, even though a terminal would accept more. */
  private int read() throws IOException {
    if (!begun) {
      begun = true;
      skipByteOrderMark();
    }
    if (position == limit) {
      position = 0;
      limit = 0;
      fill();
    }
    return position < limit ? buffer[position++] & 0xFF : -1;
  }

  /** Waits for more than the first byte only if that byte may begin a mark. */
  private void skipByteOrderMark() throws IOException {
    for (int n = 0; n < BYTE_ORDER_MARK.length; n++) {
      if ((n == limit && !fill()) || buffer[n] != BYTE_ORDER_MARK[n]) {
        return;
      }
    }
    position = BYTE_ORDER_MARK.length;
  }

  /** Appends to the buffer; false at the end. */
  private boolean fill() throws IOException {
    if (ended) {
      return false;
    }
    try {
      int count = in.read(buffer, limit, buffer.length - limit);
      ended = count < 0;
      if (count > 0) {
        int length = buffer[limit + count - 1] == '\n' ? count - 1 : count;
        cut |= typed && length == LONGEST_TYPED_BYTES; // a terminal gives one line at a time
        limit += count;
      }
      return count > 0;
    } catch (IOException e) {
      throw new IOException("cannot read the input: " + FileTrouble.reason(e), e);
    }
  }
}
