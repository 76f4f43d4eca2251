package io.chatroom.client.cli;

import static io.chatroom.client.cli.TextFilter.Verdict.GAVE_UP;
import static io.chatroom.client.cli.TextFilter.Verdict.NOT_WANTED;
import static io.chatroom.client.cli.TextFilter.Verdict.WANTED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextFilterTest {

  private static final int LONGEST = 65_536;

  @Test
  void findsAMatchAnywhereInTheText() {
    TextFilter filter = filter("(?i)green|\\bok$");

    assertThat(filter.judge("the build is Green!")).isEqualTo(WANTED);
    assertThat(filter.judge("it is ok")).isEqualTo(WANTED);
    assertThat(filter.judge("ok, it is not")).isEqualTo(NOT_WANTED);
    assertThat(filter.judge("")).isEqualTo(NOT_WANTED);
  }

  @Test
  void seesLettersBeyondTheBasicPlane() {
    assertThat(filter("^.\\x{1F642}$").judge("é🙂")).isEqualTo(WANTED);
  }

  @Test
  void readsTheLongestTextThatAServerRelays() {
    assertThat(filter("needle").judge("x".repeat(LONGEST - 6) + "needle")).isEqualTo(WANTED);
    assertThat(filter("needle").judge("x".repeat(LONGEST))).isEqualTo(NOT_WANTED);
  }

  /** The first is the textbook's; the others look innocent. The third needs stack, not time. */
  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "a.*a.*b", "(a|x)*b"})
  void givesUpOnATextThatWouldTakeForEver(String regex) {
    TextFilter filter = filter(regex);

    assertThat(filter.judge("a".repeat(LONGEST - 1) + "!")).isEqualTo(GAVE_UP);
    assertThat(filter.judge("ab")).as("the next text").isNotEqualTo(GAVE_UP);
  }

  private static TextFilter filter(String regex) {
    return new TextFilter(Pattern.compile(regex));
  }
}
