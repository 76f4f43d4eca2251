package io.chatroom.client.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeSpanTest {

  @ParameterizedTest
  @CsvSource({"500ms,PT0.5S", "10s,PT10S", "2m,PT2M", "1h,PT1H", "001s,PT1S", "48h,PT48H"})
  void readsANumberAndAUnit(String text, Duration duration) {
    assertThat(TimeSpan.parse(text)).contains(new TimeSpan(text, duration));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "10", "s", "0s", "0ms", "-1s", "1.5s", "1 s", "1S", "1d", "٣s", "1s "})
  void refusesEverythingElse(String text) {
    assertThat(TimeSpan.parse(text)).isEmpty();
  }
}
