package io.chatroom.client.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private ProgressLine line(boolean terminal, String term) {
    Stdio stdio =
        new Stdio(
            new ByteArrayInputStream(new byte[0]),
            new ByteArrayOutputStream(),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            terminal);
    return ProgressLine.of(stdio, Map.of("TERM", term));
  }

  private String shown() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void changesInPlaceAndLeavesNothing() {
    ProgressLine line = line(true, "xterm");
    line.show("a long one");
    line.show("short");
    line.clear();

    assertThat(shown()).isEqualTo("\ra long one\rshort     \r     \r");
  }

  @Test
  void erasesNothingWhenNothingWasShown() {
    line(true, "xterm").clear();

    assertThat(shown()).isEmpty();
  }

  @Test
  void isSilentIfItCannotStayOneLine() {
    for (ProgressLine line : new ProgressLine[] {line(false, "xterm"), line(true, "dumb")}) {
      line.show("unseen");
      line.clear();
    }

    assertThat(shown()).isEmpty();
  }
}
