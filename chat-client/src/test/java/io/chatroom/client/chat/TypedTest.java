package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TypedTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hello|hello",
        "//|/",
        "//usr/bin is a path|/usr/bin is a path",
        "///|//",
        "1 / 2|1 / 2",
        "' /help'|' /help'",
        "\ufeffhello|hello",
        "\ufeff//x|/x",
        "hel\ufefflo|hel\ufefflo",
      })
  void postsLines(String typed, String said) {
    assertThat(Typed.of(typed)).isEqualTo(new Typed.Messages(List.of(said)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\n\n", "\t"})
  void postsNothingWhenNothingWasTyped(String typed) {
    assertThat(Typed.of(typed)).isEqualTo(new Typed.Messages(List.of()));
  }

  @Test
  void postsEachPastedLineAndSkipsEmptyOnes() {
    assertThat(Typed.of("one\r\ntwo\n\n//three\n"))
        .isEqualTo(new Typed.Messages(List.of("one", "two", "/three")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/help|HELP|''",
        "'/names '|NAMES|''",
        "/save  my talk.txt|SAVE|my talk.txt",
        "/server [::1]:4000|SERVER|[::1]:4000",
        "/quit|QUIT|''",
        "/leave|LEAVE|''",
        "/leave dev|LEAVE|dev",
        "/topic  Tea and cake|TOPIC|Tea and cake",
        "/rooms|ROOMS|''",
      })
  void knowsCommands(String typed, Verb verb, String argument) {
    assertThat(Typed.of(typed)).isEqualTo(new Typed.Command(verb, argument));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/hlep|/hlep is not a command: see /help; to post a line that begins with /, type //",
        "/Quit|/Quit is not a command: see /help; to post a line that begins with /, type //",
        "/|/ is not a command: see /help; to post a line that begins with /, type //",
        "/usr/bin|/usr/bin is not a command: see /help; to post a line that begins with /, type //",
        "/quit now|/quit takes no argument",
        "/save|expected /save FILE",
        "/join|expected /join ROOM",
        "/msg|expected /msg NAME TEXT",
        "/server|expected /server HOST[:PORT]",
      })
  void neverPostsALineThatBeginsWithASlash(String typed, String sentence) {
    assertThat(Typed.of(typed)).isEqualTo(new Typed.Refused(sentence));
  }

  @Test
  void runsNoCommandAmongPastedLines() {
    assertThat(Typed.of("one\n/quit\nthree"))
        .isEqualTo(
            new Typed.Refused(
                "line 2 of 3 begins with a slash: a command must stand alone; to post a line that"
                    + " begins with /, type //"));
  }
}
