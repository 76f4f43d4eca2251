package io.chatroom.client.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kit's own framing. */
class FramingTest {

  @ParameterizedTest
  @ValueSource(strings = {"5         ", " 5        ", "         5", "0000000005", "  05      "})
  void readsEveryFormOfHeader(String header) {
    assertThat(Framing.length(Bytes.utf8(header))).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "          ",
        "+5        ",
        "5_0       ",
        "5 0       ",
        "5\t        ",
        "5        \n",
        "5",
        "5          ",
        "\u0665        "
      })
  void refusesEverythingElseAsHeader(String header) {
    assertThat(Framing.length(Bytes.utf8(header))).isEqualTo(-1);
  }

  @Test
  void readsWhatItWrites() throws IOException {
    Bytes payload = Bytes.utf8("h\u00e9");
    Bytes frame = Framing.frame(payload);
    assertThat(frame).isEqualTo(Bytes.hex("33 20 20 20 20 20 20 20 20 20 68 c3 a9"));
    assertThat(read(frame)).isEqualTo(new Framing.Frame(Framing.header(3), payload));
  }

  @Test
  void distinguishesEndFromCutAndFromMalformedHeader() throws IOException {
    assertThat(read(Bytes.EMPTY)).isNull();
    assertThatThrownBy(() -> read(Bytes.utf8("3   ")))
        .isInstanceOf(Framing.CutShortException.class);
    assertThatThrownBy(() -> read(Bytes.utf8("3         ab")))
        .isInstanceOf(Framing.CutShortException.class)
        .hasMessageContaining("\"ab\"");
    assertThatThrownBy(() -> read(Bytes.utf8("Welcome!\r\n")))
        .isInstanceOf(Framing.OutOfStepException.class)
        .hasMessageContaining("\"Welcome!\\r\\n\"");
  }

  private static Framing.@Nullable Frame read(Bytes bytes) throws IOException {
    return Framing.read(new ByteArrayInputStream(bytes.toArray()));
  }

  @Test
  void escapesUnprintableBytes() {
    assertThat(Bytes.hex("1b 5b 33 31 6d c3 a9 00 0a 22 7f"))
        .hasToString("\"\\x1b[31m\\xc3\\xa9\\x00\\n\\\"\\x7f\"");
    assertThat(Bytes.utf8("x").times(70_000).toString())
        .isEqualTo("\"" + "x".repeat(60) + "\"... (70,000 bytes)");
    assertThat(Bytes.utf8("h\u00e9").toArray())
        .isEqualTo("h\u00e9".getBytes(StandardCharsets.UTF_8));
  }
}
