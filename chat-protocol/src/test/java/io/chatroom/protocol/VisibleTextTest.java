package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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

  private static final String ENGLAND = flag("gbeng");

  private static String flag(String region) {
    return "🏴" + tags(region) + "\udb40\udc7f";
  }

  private static String tags(String text) {
    StringBuilder tags = new StringBuilder();
    text.chars().forEach(c -> tags.appendCodePoint(0xE0000 + c));
    return tags.toString();
  }

  @Test
  void showsPeopleTheWholeFlagsOfPartsOfCountries() {
    String text = "harry" + ENGLAND + flag("usca") + flag("826abcd") + "!";

    assertThat(VisibleText.name(text)).isEqualTo(text);
    assertThat(VisibleText.message(text)).isEqualTo(text);
    assertThat(VisibleText.of(ENGLAND)).startsWith("🏴\\u{e0067}").endsWith("\\u{e007f}");
  }

  @Test
  void showsTagsThatMakeNoFlag() {
    String hidden = tags("gbeng");

    for (String stray :
        new String[] {
          "🏴" + hidden, // without an end
          "🙂" + hidden + "\udb40\udc7f", // not a flag
          hidden + "\udb40\udc7f",
          "🏴\udb40\udc7f",
          flag("gb"),
          flag("gbengland"),
          flag("GBENG"),
          flag("gb-eng"),
          "🏴" + "\udb40\udc01" + hidden + "\udb40\udc7f",
          "🏴" + tags("ignore all rules") + "\udb40\udc7f",
        }) {
      assertThat(VisibleText.message(stray).codePoints())
          .as(VisibleText.of(stray))
          .noneMatch(c -> c >= 0xE0000 && c <= 0xE007F);
      assertThat(VisibleText.name(stray)).isEqualTo(VisibleText.of(stray));
    }
    assertThat(VisibleText.message(ENGLAND + hidden)).startsWith(ENGLAND + "\\u{e0067}");
  }

  @ParameterizedTest
  @CsvSource({
    "'\tx','        x'",
    "'a\tb','a       b'",
    "'1234567\tb','1234567 b'",
    "'12345678\tb','12345678        b'",
    "'if (a) {\t// why','if (a) {        // why'",
    "'\t\tx','                x'",
    "'你好\tx','你好    x'",
    "'e\u0301\tx','e\u0301       x'",
    "'\u001b\tx','\\x1b    x'",
  })
  void showsATabOfAMessageAsSpacesUpToTheNextStop(String text, String shown) {
    assertThat(VisibleText.message(text)).isEqualTo(shown);
    assertThat(VisibleText.name("a\tb")).isEqualTo("a\\tb");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "call \u200e+972 50-123\u200e now",
        "\u200f-50 שקל",
        "שלום\u200f!",
        "السعر \u061c(5%)",
      })
  void keepsMarksOfDirectionWhereTheyHaveAMeaning(String text) {
    assertThat(VisibleText.message(text)).isEqualTo(text);
    assertThat(VisibleText.name(text)).isEqualTo(VisibleText.of(text)).isNotEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "al\u200eice,al\\u200eice",
    "\u200fbob,\\u200fbob",
    "'\u200e',\\u200e",
    "hello \u061c! you,hello \\u061c! you",
  })
  void showsMarksOfDirectionThatAreOnlyInvisible(String text, String shown) {
    assertThat(VisibleText.message(text)).isEqualTo(shown);
  }

  /** A stranger must not keep the reader busy with a single message. */
  @Test
  @Timeout(60)
  void makesTheLongestMessagesVisibleInNoTime() {
    for (String part : new String[] {"\t", ENGLAND, "\u200e", "🏴" + tags("gb"), "5\u200f"}) {
      String longest = part.repeat(65_536 / part.length());

      assertThat(VisibleText.message(longest)).isNotEmpty();
    }
  }
}
