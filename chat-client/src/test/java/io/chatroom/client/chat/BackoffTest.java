package io.chatroom.client.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

  @Test
  void doublesTheLongestDelayUpToHalfAMinute() {
    Backoff backoff = new Backoff(() -> 1);

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(2));
    for (int n = 0; n < 100; n++) {
      backoff.next();
    }
    assertThat(backoff.next()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void waitsARandomPartOfIt() {
    Backoff backoff = new Backoff(() -> 0.5);

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(300));
    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(550));
  }

  @Test
  void alwaysWaitsALittle() {
    assertThat(new Backoff(() -> 0).next()).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void beginsAgainAfterAConnectionThatHeld() {
    Backoff backoff = new Backoff(() -> 1);
    backoff.next();
    backoff.next();
    backoff.reset();

    assertThat(backoff.next()).isEqualTo(Duration.ofMillis(500));
  }
}
