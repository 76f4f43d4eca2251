package io.chatroom.server.names;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Only one client at a time has a name. */
class NamesInUseTest {

  private final NamesInUse names = new NamesInUse();

  @ParameterizedTest
  @ValueSource(strings = {"bob", "BOB", "ｂｏｂ", "Bob"})
  void refusesANameThatReadsLikeOneInUse(String like) {
    assertThat(names.take("Bob", "one")).isTrue();
    assertThat(names.take(like, "another")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bobby", "b ob", "bób"})
  void givesDifferentNamesToDifferentClients(String name) {
    assertThat(names.take("Bob", "one")).isTrue();
    assertThat(names.take(name, "another")).isTrue();
  }

  @Test
  void keepsANameUntilTheLastSessionOfItsClientHasGone() {
    assertThat(names.take("Straße", "one")).isTrue();
    assertThat(names.take("STRASSE", "one")).as("it may come twice").isTrue();
    names.giveBack("strasse");
    assertThat(names.take("Straße", "another")).isFalse();
    names.giveBack("Straße");
    assertThat(names.take("Straße", "another")).isTrue();
  }

  @Test
  void forgetsUnusedNames() {
    names.giveBack("bob"); // it never had it
    assertThat(names.take("bob", "one")).isTrue();
    names.giveBack("bob");
    names.giveBack("bob");
    assertThat(names.take("bob", "another")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\u2003", "a\nb", "\u0007", "a\u0085"})
  void explainsInOneSentenceWhyANameIsRefused(String name) {
    assertThat(NamesInUse.faultOf(name)).endsWith(".").doesNotContain("\n", "\u0007", "\u0085");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bob", "Frau Müller", "😀", "a b"})
  void acceptsOrdinaryNames(String name) {
    assertThat(NamesInUse.faultOf(name)).isNull();
  }
}
