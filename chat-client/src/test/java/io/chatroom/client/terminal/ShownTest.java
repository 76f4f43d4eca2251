package io.chatroom.client.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.client.HostileStrings;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShownTest {

  static Stream<Arguments> hostile() {
    return HostileStrings.all().entrySet().stream()
        .map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("hostile")
  void leavesNothingThatATerminalObeysOrAnEyeMisses(String what, String text) {
    String shown = Shown.of(text);

    int[] marks = {0};
    assertThat(shown.codePoints())
        .as(shown)
        .allSatisfy(
            c -> {
              int type = Character.getType(c);
              assertThat(Character.isISOControl(c)).as("control U+%04x", c).isFalse();
              assertThat(type)
                  .isNotIn(
                      (int) Character.LINE_SEPARATOR,
                      (int) Character.PARAGRAPH_SEPARATOR,
                      (int) Character.SURROGATE);
              assertThat(type == Character.FORMAT && c != 0x200D && c != 0x200C)
                  .as("format U+%04x", c)
                  .isFalse();
              boolean mark = type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
              marks[0] = mark ? marks[0] + 1 : 0;
              assertThat(marks[0]).isLessThanOrEqualTo(6);
            });
  }

  @ParameterizedTest
  @CsvSource({
    "al\u200dice,al\\u200dice",
    "\u200dalice,\\u200dalice",
    "alice\u200c,alice\\u200c",
    "б\u200dоб,б\\u200dоб",
    "bob\u3164,bob\\u3164",
    "alice\ufe0f,alice\\ufe0f",
    "\ufe0falice,\\ufe0falice",
    "ali\udb40\udd00ce,ali\\u{e0100}ce",
    "e\u0301\ufe00,e\u0301\\ufe00",
    "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301b,a\u0301\u0301\u0301\u0301\u0301\u0301{+2 marks}b",
    "x\u20dd\u20dd\u20dd\u20dd\u20dd\u20dd\u20dd,x\u20dd\u20dd\u20dd\u20dd\u20dd\u20dd{+1 marks}",
  })
  void showsHiddenCharacters(String text, String shown) {
    assertThat(Shown.of(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "héllo, wörld",
        "e\u0301\u0323 Vie\u0302\u0323t",
        "👨\u200d👩\u200d👧 👍🏽 ❤\ufe0f 🇫🇷",
        "1\ufe0f\u20e3 ❤\ufe0f\u200d🔥 ©\ufe0f",
        "葛\udb40\udd00城",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "שָׁלוֹם",
        "你好 こんにちは 안녕",
        "50% \\o/ ~/.config",
      })
  void leavesLanguagesAsTheyAre(String text) {
    assertThat(Shown.of(text)).isSameAs(text);
  }

  @Test
  void countsMarksPerLetter() {
    String text = "a\u0301\u0302\u0303b\u0301\u0302\u0303c\u0301\u0302\u0303";

    assertThat(Shown.of(text)).isSameAs(text);
  }
}
