package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recognises names that people can confuse. */
class SkeletonTest {

  private static final int TEXTS = 20_000;

  /** With a newer ICU4J, run this once with {@code -Dconfusables=write}. */
  @Test
  void hasTheTableOfUnicode() throws IOException {
    if ("write".equals(System.getProperty("confusables"))) {
      Files.writeString(ConfusablesTable.FILE, ConfusablesTable.text());
    }
    String table = Files.readString(ConfusablesTable.FILE, StandardCharsets.US_ASCII);
    assertThat(table.equals(ConfusablesTable.text()))
        .as("the table is that of this ICU4J; if not, see above")
        .isTrue();
  }

  @Test
  void matchesUnicodeForEveryCharacter() {
    for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
      if (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE) {
        String text = Character.toString(point);
        if (!Skeleton.of(text).equals(ConfusablesTable.skeleton(text))) {
          assertThat(Skeleton.of(text))
              .as("U+%X", point)
              .isEqualTo(ConfusablesTable.skeleton(text));
        }
      }
    }
  }

  @Test
  void matchesUnicodeForTexts() {
    Random random = new Random(39);
    for (int i = 0; i < TEXTS; i++) {
      StringBuilder text = new StringBuilder();
      for (int j = random.nextInt(8); j >= 0; j--) {
        int point = random.nextInt(random.nextBoolean() ? 0x3000 : 0x20000);
        // Java does not order marks that it does not know.
        boolean known =
            Character.isDefined(point) && Character.getType(point) != Character.SURROGATE;
        text.appendCodePoint(known ? point : 'x');
      }
      assertThat(Skeleton.of(text.toString()))
          .isEqualTo(ConfusablesTable.skeleton(text.toString()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bob, BOB",
    "bob, 𝐛𝐨𝐛",
    "bob, ｂｏｂ",
    "bob, b\u200bo\u00adb",
    "bob, \u202ebob",
    "straße, STRASSE",
    "two words, ' two \u2003words '",
    "ﬁnn, finn",
    "Σίσυφος, ΣΊΣΥΦΟΣ",
    "bob, bob\u3164",
    "bob, b\ufe0fob\udb40\udc41",
  })
  void recognisesTheSameName(String name, String same) {
    assertThat(Looks.of(same).key()).isEqualTo(Looks.of(name).key());
  }

  @ParameterizedTest
  @CsvSource({
    "bob, bоb",
    "paypal, раураl",
    "Alice, AIice",
    "alice, AL1CE",
    "ALICE, aIice",
    "bob, b0b",
    "Barney, Bamey",
    "kevin, kеvin",
    "admin, аdmin",
    "mika, ｍіка",
    "zoë, zoё",
    "O'Neil, O’Neil",
    "well, we11",
    "Will, WiIl",
    "anna-b, anna‐b",
  })
  void recognisesLookalikes(String name, String like) {
    assertThat(Looks.of(like).key()).isNotEqualTo(Looks.of(name).key());
    assertThat(Looks.of(like).like()).containsAnyElementsOf(Looks.of(name).like());
  }

  @ParameterizedTest
  @CsvSource({
    "van, nan",
    "ann, anne",
    "bob, rob",
    "bill, bili",
    "Иван, Ivan",
    "joan, juan",
    "zoe, zoë",
    "tom, tim",
    "ali, all",
    "max, mex",
    "田中, 由中",
  })
  void acceptsDifferentNames(String name, String other) {
    assertThat(Looks.of(other).like()).doesNotContainAnyElementsOf(Looks.of(name).like());
  }
}
