package io.chatroom.client.terminal;

import io.chatroom.system.FileTrouble;
import java.io.BufferedInputStream;
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
 * because to send it cut, or with replacement characters, would put words into somebody's mouth;
 * reading can go on with the next one. Not thread-safe.
 */
public final class LineInput {

  private final InputStream in;
  private final int maxBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long lineNumber;
  private boolean ended;

  /**
   * @param maxBytes how long a line, or the whole, may be, without its end
   */
  public LineInput(InputStream in, int maxBytes) {
    this.in = new BufferedInputStream(in);
    this.maxBytes = maxBytes;
  }

  /**
   * The next line without its end, or null when there is none.
   *
   * @throws BadLineException if this line is refused; the next call reads the next line
   * @throws IOException if nothing can be read any more; its message is a sentence for people
   */
  public @Nullable String next() throws IOException {
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
    return decode(ByteBuffer.wrap(bytes, 0, length), "line " + lineNumber);
  }

  /**
   * All that is left, with its line ends, but for one at its very end: that is the last line's, not
   * the text's. Null when nothing is left.
   *
   * @throws BadLineException if it is too long or not UTF-8; what is too long is not read to its
   *     end
   * @throws IOException if it cannot be read; its message is a sentence for people
   */
  public @Nullable String whole() throws IOException {
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
    return decode(ByteBuffer.wrap(bytes, 0, length), "the input");
  }

  private static String decode(ByteBuffer bytes, String what) throws BadLineException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BadLineException(what + " is not UTF-8");
    }
  }

  /** The end stays the end, though a terminal would let somebody type on. */
  private int read() throws IOException {
    if (ended) {
      return -1;
    }
    try {
      int b = in.read();
      ended = b < 0;
      return b;
    } catch (IOException e) {
      throw new IOException("cannot read the input: " + FileTrouble.reason(e), e);
    }
  }
}
