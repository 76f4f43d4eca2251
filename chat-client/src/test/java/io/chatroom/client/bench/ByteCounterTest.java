package io.chatroom.client.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ByteCounterTest {

  private static final Script SCRIPT = new Script("babc", 1, 16);
  private static final Goal TEN = new Goal(10, 0);

  private final ByteCounter counter = new ByteCounter(SCRIPT);

  private void receive(int messages, int moreBytes) {
    counter.add(messages * SCRIPT.deliveryBytes() + moreBytes);
  }

  @Test
  void isCompleteWithTheLastByte() {
    receive(10, -1);
    assertThat(counter.complete(TEN)).isFalse();
    assertThat(counter.faults(TEN)).isEqualTo(new Faults(1, 0, 0, 0, 0, 0));
    counter.add(1);

    assertThat(counter.complete(TEN)).isTrue();
    assertThat(counter.faults(TEN)).isEqualTo(Faults.NONE);
  }

  @Test
  void findsARepetition() {
    receive(11, 0);

    assertThat(counter.faults(TEN)).isEqualTo(new Faults(0, 1, 0, 0, 0, 0));
  }

  @Test
  void doesNotCountMessagesOfStrangers() {
    Goal goal = new Goal(10, 1_000);
    receive(10, 999);
    assertThat(counter.complete(goal)).isFalse();
    counter.add(1);
    assertThat(counter.complete(goal)).isTrue();
    counter.add(500);

    assertThat(counter.faults(goal)).as("sent after our last message").isEqualTo(Faults.NONE);
  }
}
