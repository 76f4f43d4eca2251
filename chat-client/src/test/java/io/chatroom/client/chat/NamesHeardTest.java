package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NamesHeardTest {

  private final NamesHeard names = new NamesHeard();

  @Test
  void listsTheLatestFirst() {
    names.heard("a");
    names.heard("b");
    names.heard("a");

    assertThat(names.all()).containsExactly("a", "b");
  }

  @Test
  void keepsNoNameThatOnlyFillsMemory() {
    names.heard("x".repeat(NamesHeard.MAX_CHARS));
    names.heard("x".repeat(NamesHeard.MAX_CHARS + 1));

    assertThat(names.all()).containsExactly("x".repeat(NamesHeard.MAX_CHARS));
  }

  @Test
  void forgetsTheOldestWhenThereAreTooMany() {
    for (int n = 0; n <= NamesHeard.MAX; n++) {
      names.heard("n" + n);
    }

    assertThat(names.all()).hasSize(NamesHeard.MAX).startsWith("n1000").endsWith("n1");
  }
}
