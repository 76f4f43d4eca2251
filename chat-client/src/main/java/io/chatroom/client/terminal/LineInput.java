package io.chatroom.client.terminal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of UTF-8, and never keeps more than one of them. A line ends with LF or CR LF; the
 * last one may lack it. A line that is too long or not UTF-8 is refused as a whole, because to send
 * it cut, or with replacement characters, would put words into somebody's mouth; reading can go on
 * with the next one. Not thread-safe.
 */
public final class LineInput {

  private final InputStream in;
  private final int maxBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private long lineNumber;

  /**
   * @param maxBytes how long a line may be, without its end
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
    return decode(ByteBuffer.wrap(bytes, 0, length));
  }

  private String decode(ByteBuffer bytes) throws BadLineException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new BadLineException("line " + lineNumber + " is not UTF-8");
    }
  }

  private int read() throws IOException {
    try {
      return in.read();
    } catch (IOException e) {
      throw new IOException("cannot read the input: " + e.getMessage(), e);
    }
  }
}
