package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "plain text, with \\ and ~",
        "héllo €",
        "日本語",
        "עברית",
        "العربية ١٢٣",
        "👩‍👩‍👧 🏳️‍🌈 👍🏽", // joiners and modifiers
        "می‌خواهم", // zero width non-joiner inside a Persian word
        "e\u0301", // a combining accent
      })
  void leavesReadableTextAlone(String text) {
    assertThat(VisibleText.of(text)).isSameAs(text);
  }

  @ParameterizedTest
  @CsvSource({
    "'\u001b[2J',\\x1b[2J", // clear the screen
    "'\u001b]0;title\u0007',\\x1b]0;title\\x07", // change the title
    "'\u009b31m',\\x9b31m", // the eight-bit form of the same
    "'\u007f',\\x7f",
    "'\u0000',\\x00",
    "'bob:    hi\r\neve:    x',bob:    hi\\r\\neve:    x",
    "'a\tb',a\\tb",
    "'\u2028',\\u2028",
    "'\u2029',\\u2029",
    "'\u0085',\\x85",
    "'\u202eevil\u202c',\\u202eevil\\u202c",
    "'\u2066x\u2069',\\u2066x\\u2069",
    "'\u200e\u200f\u061c',\\u200e\\u200f\\u061c",
    "'\ufeff\u200b',\\ufeff\\u200b",
    "'\u00ad',\\xad",
    "'\ud83d',\\ud83d", // half of a pair
    "'\udb40\udc41',\\u{e0041}", // a tag character: text that nobody sees
    "'🙂\u001b🙂',🙂\\x1b🙂",
  })
  void showsWhatWouldSteerTheScreen(String hostile, String visible) {
    assertThat(VisibleText.of(hostile)).isEqualTo(visible);
  }

  @Test
  void leavesNoControlCharacterOfAny() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      all.appendCodePoint(c);
    }

    assertThat(VisibleText.of(all.toString()).codePoints())
        .noneMatch(Character::isISOControl)
        .doesNotContain(0x202E, 0x2066, 0x2028, 0x2029, 0x200F);
  }
}
