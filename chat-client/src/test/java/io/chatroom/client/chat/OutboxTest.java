package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private final Outbox outbox = new Outbox();

  @Test
  void givesEachTextToOneConnectionOnly() {
    outbox.add(List.of("a", "b"));

    assertThat(outbox.hand(1)).extracting(Outbox.Entry::text).containsExactly("a", "b");
    assertThat(outbox.hand(2)).isEmpty();
    assertThat(outbox.texts()).containsExactly("a", "b");
  }

  @Test
  void givesUnsentTextsToTheNextConnectionInTheirOrder() {
    outbox.add(List.of("a", "b"));
    List<Outbox.Entry> handed = outbox.hand(1);
    outbox.add(List.of("c"));
    outbox.sent(handed.get(0));
    outbox.takeBack(1);

    assertThat(outbox.hand(2)).extracting(Outbox.Entry::text).containsExactly("b", "c");
  }

  @Test
  void keepsWhatAnotherConnectionStillHas() {
    outbox.add(List.of("a"));
    outbox.hand(1);
    outbox.takeBack(2);

    assertThat(outbox.hand(3)).isEmpty();
  }

  @Test
  void distinguishesEqualTexts() {
    outbox.add(List.of("hi", "hi"));
    Outbox.Entry second = outbox.hand(1).get(1);
    outbox.sent(second);
    outbox.sent(second);

    assertThat(outbox.texts()).containsExactly("hi");
  }

  @Test
  void takesAllOrNothingWhenItIsFull() {
    assertThat(outbox.add(Collections.nCopies(Outbox.MAX_MESSAGES - 1, "x"))).isTrue();

    assertThat(outbox.add(List.of("one", "too many"))).isFalse();
    assertThat(outbox.add(List.of("the last"))).isTrue();
    assertThat(outbox.texts()).hasSize(Outbox.MAX_MESSAGES).endsWith("the last");
  }

  @Test
  void acceptsMoreOnceSomethingIsSent() {
    assertThat(outbox.add(List.of("x".repeat(Outbox.MAX_CHARS)))).isTrue();
    assertThat(outbox.add(List.of("y"))).isFalse();
    outbox.sent(outbox.hand(1).get(0));

    assertThat(outbox.add(List.of("y"))).isTrue();
  }
}
