package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class UnacknowledgedTest {

  private static final String DOUBT = "this was sent, but may not have arrived: ";

  private final Unacknowledged sent = new Unacknowledged(3);

  @Test
  void namesUnacknowledgedMessagesOnly() {
    add("one", 0);
    add("two", 0);
    add("three", 1);

    assertThat(told(OptionalLong.of(2))).containsExactly(DOUBT + "three");
    assertThat(told(OptionalLong.of(3))).isEmpty();
  }

  @Test
  void listsNothingIfTheSystemExposesNothing() {
    sent.add("one", OptionalLong.empty());

    assertThat(told(OptionalLong.empty())).isEmpty();
  }

  @Test
  void countsMessagesItCouldNotKeep() {
    for (int n = 1; n <= 6; n++) {
      add("" + n, 0);
    }

    assertThat(told(OptionalLong.of(1)))
        .containsExactly(
            DOUBT + "2 messages before the following", DOUBT + "4", DOUBT + "5", DOUBT + "6");
    assertThat(told(OptionalLong.of(2))).startsWith(DOUBT + "1 message before the following");
    assertThat(told(OptionalLong.of(5))).containsExactly(DOUBT + "6");
  }

  private void add(String text, long acknowledged) {
    sent.add(text, OptionalLong.of(acknowledged));
  }

  private List<String> told(OptionalLong acknowledged) {
    List<String> lines = new ArrayList<>();
    sent.tell(acknowledged, lines::add);
    return lines;
  }
}
