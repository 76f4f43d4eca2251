package io.chatroom.server.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {

  @Test
  void splitsAtNonLetters() {
    assertThat(Words.of("The build-42 is green, isn't it?"))
        .containsExactly("the", "build", "42", "is", "green", "isn", "t", "it");
    assertThat(Words.of("foo_bar.baz@example.com"))
        .containsExactly("foo", "bar", "baz", "example", "com");
    assertThat(Words.of(" \t!?…\n")).isEmpty();
    assertThat(Words.of("")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Zoë, zoe",
    "ZOE\u0308, zoe",
    "Straße, STRASSE",
    "ΣΊΣΥΦΟΣ, σισυφος",
    "Ёлка, елка",
    "İstanbul, istanbul",
    "ISPARTA, ısparta",
    "Łódź, lodz",
    "Ærø, aero",
    "ｆｕｌｌ, full",
    "ﬁne, fine",
    "أحمد, احمد",
    "مـــرحبا, مرحبا",
    "שָׁלוֹם, שלום",
    "co\u00ADoperate, cooperate",
    "ｶﾞ, ガ",
    "①, 1",
  })
  void foldsEquivalentLetters(String one, String other) {
    assertThat(Words.of(one)).isEqualTo(Words.of(other)).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void keepsDistinctiveMarks() {
    assertThat(Words.of("か")).isNotEqualTo(Words.of("が"));
    assertThat(Words.of("किताब")).hasSize(1).isNotEqualTo(Words.of("कताब"));
    assertThat(Words.of("กิน")).isNotEqualTo(Words.of("กุน"));
  }

  @Test
  void startsAWordAtEachCharacterInUnspacedScripts() {
    assertThat(Words.of("東京都へ")).containsExactly("東京", "京都", "都へ", "へ");
    assertThat(Words.of("タワー")).containsExactly("タワ", "ワー", "ー");
    assertThat(Words.of("新iPhone手机")).containsExactly("新", "iphone", "手机", "机");
    assertThat(Words.of("서울에서")).startsWith("서울");
    assertThat(Words.of("𠮷野家")).containsExactly("𠮷野", "野家", "家");
  }

  @Test
  void treatsASymbolAsAWord() {
    assertThat(Words.of("done🎉🎉")).containsExactly("done", "🎉", "🎉");
    assertThat(Words.of("❤️")).isEqualTo(Words.of("❤"));
  }

  @Test
  void truncatesLongWords() {
    String word = "a".repeat(60) + "bcdef";
    assertThat(Words.of(word)).containsExactly(word.substring(0, 64));
    assertThat(Words.of("𝒳".repeat(5_000)).get(0).codePointCount(0, 64)).isEqualTo(64);
  }

  @Test
  void queriesMatchPrefixesInUnspacedScripts() {
    assertThat(Words.phrase("東京", false)).isEqualTo(new Phrase(List.of("東京"), false));
    assertThat(Words.phrase("東京都", false)).isEqualTo(new Phrase(List.of("東京", "京都"), false));
    assertThat(Words.phrase("東", false)).isEqualTo(new Phrase(List.of("東"), true));
    assertThat(Words.phrase("東京 tower", false))
        .isEqualTo(new Phrase(List.of("東京", "京", "tower"), false));
    assertThat(Words.phrase("deplo*", true)).isEqualTo(new Phrase(List.of("deplo"), true));
  }

  /** No characters that could end a word in the index or begin a tag. */
  @Test
  void wordsContainOnlyLetters() {
    Random random = new Random(5);
    for (int i = 0; i < 3_000; i++) {
      String text = RandomText.of(random, 30);
      for (String word : Words.of(text)) {
        assertThat(word).isNotEmpty();
        assertThat(word.codePoints())
            .as(text)
            .allMatch(c -> c >= 0x80 || Character.isLetterOrDigit(c))
            .noneMatch(Character::isWhitespace)
            .noneMatch(Character::isSpaceChar)
            .noneMatch(c -> Character.getType(c) == Character.PRIVATE_USE)
            .noneMatch(c -> Character.getType(c) == Character.SURROGATE);
      }
    }
  }
}
