package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DoubtTest {

  private static final OptionalLong UNKNOWN = OptionalLong.empty();

  private final Doubt doubt = new Doubt();

  @Test
  void keepsUnacknowledgedMessagesOfAnyAge() {
    add("one", 0);
    add("two", 0);
    add("three", 0);

    assertThat(doubt.texts(seconds(3600), OptionalLong.of(1), false))
        .containsExactly("two", "three");
    assertThat(doubt.texts(seconds(3600), OptionalLong.of(3), false)).isEmpty();
  }

  @Test
  void keepsMessagesJustSentThoughTheyAreAcknowledged() {
    add("old", 0);
    add("new", 5);

    assertThat(doubt.texts(seconds(11), OptionalLong.of(2), true)).containsExactly("new");
  }

  @Test
  void keepsAllMessagesOfALongerTimeIfAcknowledgementsAreUnknown() {
    add("old", 0);
    add("new", 600);

    assertThat(doubt.texts(seconds(899), UNKNOWN, false)).containsExactly("old", "new");
    assertThat(doubt.texts(seconds(901), UNKNOWN, false)).containsExactly("new");
    assertThat(doubt.texts(seconds(901), UNKNOWN, true)).isEmpty();
  }

  @Test
  void countsAnewForTheNextConnection() {
    add("one", 0);
    doubt.clear();
    add("two", 0);

    assertThat(doubt.texts(seconds(60), OptionalLong.of(0), false)).containsExactly("two");
    assertThat(doubt.texts(seconds(60), OptionalLong.of(1), false)).isEmpty();
  }

  private void add(String text, long second) {
    doubt.add(text, seconds(second), OptionalLong.of(0));
  }

  private static long seconds(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }
}
