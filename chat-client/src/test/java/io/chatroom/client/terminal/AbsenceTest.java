package io.chatroom.client.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AbsenceTest {

  private final ManualClock clock = new ManualClock();
  private final Absence absence = new Absence(clock);

  @Test
  void beginsWhenNoKeyWasPressedForAWhile() {
    clock.pass(Absence.PATIENCE.minusMillis(1));
    assertThat(absence.begins()).isFalse();
    clock.pass(Duration.ofMillis(1));

    assertThat(absence.begins()).isTrue();
  }

  @Test
  void beginsWhenTheWindowLosesTheFocus() {
    absence.focusLost();

    assertThat(absence.begins()).isTrue();
  }

  @Test
  void beginsOnceOnly() {
    absence.focusLost();
    absence.begins();
    clock.pass(Absence.PATIENCE);

    assertThat(absence.begins()).isFalse();
  }

  @Test
  void endsWithAKey() {
    absence.focusLost();
    absence.begins();
    absence.key();
    assertThat(absence.begins()).isFalse();
    clock.pass(Absence.PATIENCE);

    assertThat(absence.begins()).isTrue();
  }

  @Test
  void endsWhenTheWindowGetsTheFocus() {
    absence.focusLost();
    absence.focusGained();

    assertThat(absence.begins()).isFalse();
  }
}
