package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoomNameTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a", "0", ".", "_", "-", "..", "lobby", "Café", "中文", "हिन्दी", "𝔘", "@bob", "@B.-_9"
      })
  void lettersDigitsAndThreeOthersOfAnyScript(String text) {
    assertThat(RoomName.of(text).text()).isEqualTo(text);
    assertThat(RoomName.of(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "@",
        "@@a",
        "a@b",
        "a b",
        " a",
        "a\n",
        "a/b",
        "a:b",
        "#a",
        "a\u0000",
        "🙂",
        "\u0301a",
        "a\u200Db",
        "a\u202E",
        "\u3164",
        "a\uFE0F",
        "ﷺ",
        "\uD800",
        "½"
      })
  void nothingElse(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoomName.of(text))
        .withMessageContaining("expected 1 to 64 bytes of letters, digits");
  }

  @Test
  void hasOneToSixtyFourBytesBehindTheAt() {
    assertThat(RoomName.of("é".repeat(32)).text()).hasSize(32);
    assertThat(RoomName.of("@" + "a".repeat(64)).other()).hasSize(64);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoomName.of("a" + "é".repeat(32)))
        .withMessageContaining("has 65 bytes");
    assertThatIllegalArgumentException().isThrownBy(() -> RoomName.of("@" + "a".repeat(65)));
  }

  @ParameterizedTest
  @CsvSource({
    "lobby, LOBBY",
    "lobby, Ｌobby",
    "café, CAFE\u0301",
    "straße, STRASSE",
    "ΣΊΣΥΦΟΣ, σίσυφος",
    "ﬁsh, fish",
    "İ, i\u0307",
    "@bob, @BOB",
    "ǆ, ǅ"
  })
  void isComparedWithoutCaseAndForm(String one, String other) {
    assertThat(RoomName.of(one))
        .isEqualTo(RoomName.of(other))
        .hasSameHashCodeAs(RoomName.of(other));
    assertThat(RoomName.of(one).key()).isEqualTo(RoomName.of(other).key());
    assertThat(RoomName.of(RoomName.of(one).key()).key()).isEqualTo(RoomName.of(one).key());
  }

  @Test
  void privateRoomIsAnotherThanTheOpenOne() {
    assertThat(RoomName.of("@bob")).isNotEqualTo(RoomName.of("bob"));
    assertThat(RoomName.of("@bob").isPrivate()).isTrue();
    assertThat(RoomName.of("@bob").other()).isEqualTo("bob");
    assertThat(RoomName.of("bob").isPrivate()).isFalse();
  }

  @Test
  void keysOfAllLettersAreKeysOfThemselves() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      if (Character.isLetter(c)) {
        String text = Character.toString(c);
        RoomName name;
        try {
          name = RoomName.of(text);
        } catch (IllegalArgumentException e) {
          continue;
        }
        assertThat(RoomName.of(name.key()).key()).as("U+%04X", c).isEqualTo(name.key());
      }
    }
  }
}
