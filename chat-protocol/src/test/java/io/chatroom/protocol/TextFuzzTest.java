package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Bytes are taken for UTF-8 exactly if Java's strict decoder does, and no text, valid or not, gets
 * through {@link VisibleText} with anything in it that steers a terminal.
 */
class TextFuzzTest {

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    isUtf8AndHarmless(input);
  }

  @FuzzTest
  void isUtf8AndHarmless(byte[] input) {
    boolean valid = Utf8.isValid(Unpooled.wrappedBuffer(input), 0, input.length);
    byte[] around = new byte[input.length + 2];
    System.arraycopy(input, 0, around, 1, input.length);
    around[0] = (byte) 0xC3; // neither neighbour counts
    around[input.length + 1] = (byte) 0xA9;

    assertThat(valid).isEqualTo(WireModel.isUtf8(input));
    assertThat(Utf8.isValid(Unpooled.wrappedBuffer(around), 1, input.length)).isEqualTo(valid);
    assertHarmless(new String(input, StandardCharsets.UTF_8));
    assertHarmless(
        new String(input, StandardCharsets.UTF_16BE)
            + (input.length > 1
                ? (char) ((input[0] << 8) | (input[1] & 0xFF))
                : "")); // half a pair, too
  }

  private static void assertHarmless(String text) {
    String shown = VisibleText.of(text);

    assertThat(shown.codePoints().filter(TextFuzzTest::steers).boxed()).isEmpty();
    assertThat(VisibleText.of(shown)).as("shown twice").isSameAs(shown);
    if (text.codePoints().allMatch(c -> c >= ' ' && c < 0x7F)) {
      assertThat(shown).isSameAs(text);
    }
    int from = 0;
    for (int c : text.codePoints().filter(Character::isLetterOrDigit).toArray()) {
      int at = shown.indexOf(Character.toString(c), from);
      assertThat(at).as("letters stay, in their order").isNotNegative();
      from = at + Character.charCount(c);
    }
  }

  /** Spelled out, not asked of the classes under test. */
  private static boolean steers(int c) {
    return c < 0x20
        || (c >= 0x7F && c <= 0x9F)
        || c == 0x061C
        || c == 0x200E
        || c == 0x200F
        || (c >= 0x2028 && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069)
        || (c >= 0xD800 && c <= 0xDFFF)
        || c == 0xFEFF
        || c == 0xE0001
        || (c >= 0xE0020 && c <= 0xE007F);
  }
}
