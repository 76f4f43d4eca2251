package io.chatroom.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a stream of bytes means, read in the most obvious way and for no other purpose: the grammar
 * of {@code PROTOCOL.md} as a regular expression, Java's own strict decoder for UTF-8, and a copy
 * wherever one is convenient. It shares nothing with {@link FrameDecoder}, which is held against
 * it.
 */
public final class WireModel {

  private static final int HEADER = 10;
  private static final Pattern GRAMMAR = Pattern.compile(" *([0-9]{1,10}) *");
  private static final Pattern BEGINNING = Pattern.compile(" *[0-9]* *");

  private final Limits limits;
  private final boolean pairs;
  private byte[] waiting = new byte[0];
  private boolean nameIsNext = true;
  private @Nullable Violation violation;

  private WireModel(Limits limits, boolean pairs) {
    this.limits = limits;
    this.pairs = pairs;
  }

  /** A name, then messages. */
  public static WireModel ofClient(Limits limits) {
    return new WireModel(limits, false);
  }

  /** A name, a message, a name, a message. */
  public static WireModel ofServer(Limits limits) {
    return new WireModel(limits, true);
  }

  /** The frames that these bytes complete, headers included. */
  public List<byte[]> feed(byte[] bytes) {
    int before = waiting.length;
    waiting = Arrays.copyOf(waiting, before + bytes.length);
    System.arraycopy(bytes, 0, waiting, before, bytes.length);
    List<byte[]> frames = new ArrayList<>();
    int from = 0;
    while (violation == null && waiting.length - from >= HEADER) {
      long length = lengthIn(Arrays.copyOfRange(waiting, from, from + HEADER));
      violation = violationOf(length);
      if (violation != null || waiting.length - from < HEADER + length) {
        break;
      }
      int end = from + HEADER + (int) length;
      if (!isUtf8(Arrays.copyOfRange(waiting, from + HEADER, end))) {
        violation = Violation.INVALID_UTF8;
        break;
      }
      frames.add(Arrays.copyOfRange(waiting, from, end));
      nameIsNext = pairs && !nameIsNext;
      from = end;
    }
    if (violation == null && pairs && waiting.length - from < HEADER) {
      byte[] beginning = Arrays.copyOfRange(waiting, from, waiting.length);
      if (!BEGINNING.matcher(new String(beginning, StandardCharsets.ISO_8859_1)).matches()) {
        violation = Violation.MALFORMED_HEADER;
      }
    }
    waiting = violation == null ? Arrays.copyOfRange(waiting, from, waiting.length) : new byte[0];
    return frames;
  }

  private @Nullable Violation violationOf(long length) {
    if (length < 0) {
      return Violation.MALFORMED_HEADER;
    }
    if (nameIsNext) {
      return length > limits.maxNameBytes() ? Violation.NAME_TOO_LONG : null;
    }
    return length > limits.maxMessageBytes() ? Violation.MESSAGE_TOO_LONG : null;
  }

  /** The first violation so far, if there was one. Nothing counts after it. */
  public @Nullable Violation violation() {
    return violation;
  }

  /** Whether a frame was begun and not finished. */
  public boolean isInsideAFrame() {
    return waiting.length > 0;
  }

  /** The length that ten bytes announce, or -1 if they are no header. */
  static long lengthIn(byte[] header) {
    var matcher = GRAMMAR.matcher(new String(header, StandardCharsets.ISO_8859_1));
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
  }

  /** Whether bytes are UTF-8 from beginning to end. */
  static boolean isUtf8(byte[] bytes) {
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
