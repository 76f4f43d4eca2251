package io.chatroom.client.terminal;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Decodes typed UTF-8. Invalid bytes become lone surrogates, which valid UTF-8 cannot contain: the
 * library would use U+FFFD, which the user may have typed. On the screen they are U+FFFD.
 */
final class TypedUtf8 extends Charset {

  static final TypedUtf8 CHARSET = new TypedUtf8();

  private static final int FIRST_BAD = 0xDC80;
  private static final int LAST_BAD = 0xDCFF;

  private TypedUtf8() {
    super("X-TYPED-UTF-8", new String[0]);
  }

  /** True if there were bytes that are not UTF-8. */
  static boolean isDamaged(String typed) {
    return typed.codePoints().anyMatch(c -> c >= FIRST_BAD && c <= LAST_BAD);
  }

  @Override
  public boolean contains(Charset other) {
    return StandardCharsets.UTF_8.contains(other);
  }

  @Override
  public CharsetEncoder newEncoder() {
    return StandardCharsets.UTF_8
        .newEncoder()
        .replaceWith("\ufffd".getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public CharsetDecoder newDecoder() {
    return new Decoder();
  }

  private static final class Decoder extends CharsetDecoder {

    private final CharsetDecoder utf8 =
        StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);

    Decoder() {
      super(CHARSET, 1, 1);
    }

    @Override
    protected CoderResult decodeLoop(ByteBuffer in, CharBuffer out) {
      while (true) {
        CoderResult result = utf8.decode(in, out, false);
        if (!result.isMalformed()) {
          return result;
        }
        for (int n = 0; n < result.length(); n++) {
          if (!out.hasRemaining()) {
            return CoderResult.OVERFLOW;
          }
          out.put((char) (FIRST_BAD + (in.get() & 0x7F)));
        }
      }
    }

    @Override
    protected void implReset() {
      utf8.reset();
    }
  }
}
