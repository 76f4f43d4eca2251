package io.chatroom.system;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeTextTest {

  private static final String GREETING = "grüße 👋";

  @TempDir private Path proc;

  @Test
  void readsArgumentsThatTheLocaleHasDestroyed() throws IOException {
    given("cmdline", "java\0-jar\0ü.jar\0send\0" + GREETING + "\0\0", UTF_8);

    assertThat(in(US_ASCII).arguments("send", decoded(GREETING, US_ASCII), ""))
        .containsExactly("send", GREETING, "");
  }

  @Test
  void readsArgumentsThatTheLocaleHasMistaken() throws IOException {
    given("cmdline", "java\0" + GREETING + "\0", UTF_8);

    assertThat(in(ISO_8859_1).arguments(decoded(GREETING, ISO_8859_1))).containsExactly(GREETING);
  }

  @Test
  void leavesToTheLocaleWhatIsNotUtf8() throws IOException {
    given("cmdline", "java\0grüße\0", ISO_8859_1);
    given("environ", "CHAT_NAME=zoë\0", ISO_8859_1);

    assertThat(in(ISO_8859_1).arguments("grüße")).containsExactly("grüße");
    assertThat(in(ISO_8859_1).environment(Map.of("CHAT_NAME", "zoë"), "CHAT_"))
        .containsEntry("CHAT_NAME", "zoë");
  }

  @Test
  void refusesWhatNeitherCanRead() throws IOException {
    given("cmdline", "java\0grüße\0", ISO_8859_1);
    given("environ", "CHAT_NAME=zoë\0OTHER=ë\0", ISO_8859_1);

    for (Charset charset : new Charset[] {US_ASCII, UTF_8}) {
      String argument = new String("grüße".getBytes(ISO_8859_1), charset);
      assertThatThrownBy(() -> in(charset).arguments("send", argument))
          .isInstanceOf(UnreadableTextException.class)
          .hasMessage("argument 2 is \"" + argument + "\", expected UTF-8");
      assertThatThrownBy(() -> in(charset).environment(Map.of("CHAT_NAME", "zo\uFFFD"), "CHAT_"))
          .hasMessage("CHAT_NAME in the environment is \"zo\uFFFD\", expected UTF-8");
      assertThat(in(charset).environment(Map.of("OTHER", "\uFFFD"), "CHAT_"))
          .as("what is none of our business")
          .containsEntry("OTHER", "\uFFFD");
    }
  }

  @Test
  void refusesWhatIsDestroyedWhereTheBytesAreNotToBeHad() {
    assertThatThrownBy(() -> in(US_ASCII).arguments("gr\uFFFD"))
        .hasMessage("argument 1 is \"gr\uFFFD\", expected UTF-8");
  }

  @Test
  void takesNoBytesOfAnotherCommandLine() throws IOException {
    given("cmdline", "java\0--name\0bob\0", UTF_8);

    assertThat(in(ISO_8859_1).arguments("--name", "zoë")).containsExactly("--name", "zoë");
    assertThatThrownBy(() -> in(US_ASCII).arguments("--name", "zo\uFFFD\uFFFD"))
        .isInstanceOf(UnreadableTextException.class);
  }

  @Test
  void takesTheCharacterItselfWhereSomebodyMeansIt() throws IOException {
    given("cmdline", "java\0what is \uFFFD?\0", UTF_8);

    assertThat(in(UTF_8).arguments("what is \uFFFD?")).containsExactly("what is \uFFFD?");
  }

  @Test
  void readsTheEnvironmentThatTheLocaleHasDestroyed() throws IOException {
    given("environ", "HOME=/home/jürg\0CHAT_NAME=a=ë\0EMPTY=\0nonsense\0CHAT_NAME=x\0", UTF_8);
    Map<String, String> decoded =
        Map.of(
            "HOME", decoded("/home/jürg", US_ASCII),
            "CHAT_NAME", decoded("a=ë", US_ASCII),
            "EMPTY", "");

    assertThat(in(US_ASCII).environment(decoded, "CHAT_"))
        .isEqualTo(Map.of("HOME", "/home/jürg", "CHAT_NAME", "a=ë", "EMPTY", ""));
  }

  private void given(String file, String text, Charset charset) throws IOException {
    Files.write(proc.resolve(file), text.getBytes(charset));
  }

  private NativeText in(Charset locale) {
    return new NativeText(proc, locale, locale.equals(UTF_8));
  }

  private static String decoded(String text, Charset charset) {
    return new String(text.getBytes(UTF_8), charset);
  }
}
