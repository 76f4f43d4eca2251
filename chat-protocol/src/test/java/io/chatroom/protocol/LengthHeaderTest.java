package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LengthHeaderTest {

  /** The grammar of P-02 once more, in the most obvious way. */
  private static final Pattern GRAMMAR = Pattern.compile(" *([0-9]{1,10}) *");

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "5         ,5",
        " 5        ,5",
        "         5,5",
        "    5     ,5",
        "0         ,0",
        "         0,0",
        "0000000005,5",
        "0000000000,0",
        "  007     ,7",
        "65536     ,65536",
        "2147483648,2147483648",
        "9999999999,9999999999",
      })
  void readsEveryLegalForm(String header, long length) {
    assertThat(parse(header.getBytes(StandardCharsets.US_ASCII))).isEqualTo(length);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "          ",
        "+5        ",
        "-5        ",
        "-0        ",
        "1_0       ",
        "1 0       ",
        "5\t        ",
        "\t5        ",
        "5\n        ",
        "5\r\n       ",
        "5\0        ",
        "\0\0\0\0\0\0\0\0\0\0",
        "0x10      ",
        "1e3       ",
        "5.0       ",
        "5,        ",
        "five      ",
        "5        x",
        "x        5",
        "5\u00a0       ", // a no-break space takes two bytes
        "\u0665        ", // ARABIC-INDIC DIGIT FIVE
        "\uff15       ", // FULLWIDTH DIGIT FIVE
      })
  void refusesEverythingElse(String header) {
    byte[] bytes = header.getBytes(StandardCharsets.UTF_8);
    assertThat(bytes).as("a header has ten bytes").hasSize(LengthHeader.BYTES);

    assertThat(parse(bytes)).isEqualTo(LengthHeader.MALFORMED);
  }

  @Test
  void agreesWithTheGrammarOnRandomBytes() {
    byte[] alphabet = {' ', ' ', ' ', '0', '1', '5', '9', '+', '-', '_', '\t', 0, 'a', (byte) 0xD9};
    Random random = new Random(1);
    for (int round = 0; round < 200_000; round++) {
      byte[] header = new byte[LengthHeader.BYTES];
      int variety = 1 + random.nextInt(alphabet.length);
      for (int i = 0; i < header.length; i++) {
        header[i] = alphabet[random.nextInt(variety)];
      }
      var grammar = GRAMMAR.matcher(new String(header, StandardCharsets.ISO_8859_1));
      long expected = grammar.matches() ? Long.parseLong(grammar.group(1)) : LengthHeader.MALFORMED;
      assertThat(parse(header)).as("%s", (Object) header).isEqualTo(expected);
    }
  }

  @Test
  void knowsWhatAHeaderMayBeginWith() {
    byte[] alphabet = {' ', '0', '7', 'a', '\n'};
    Pattern beginning = Pattern.compile(" *[0-9]* *");
    Random random = new Random(2);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(LengthHeader.BYTES)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = alphabet[random.nextInt(alphabet.length)];
      }
      String text = new String(bytes, StandardCharsets.US_ASCII);
      ByteBuf in = Unpooled.copiedBuffer("x" + text + "x", StandardCharsets.US_ASCII);
      assertThat(LengthHeader.mayBegin(in, 1, bytes.length))
          .as(text)
          .isEqualTo(beginning.matcher(text).matches());
    }
  }

  @Test
  void leavesTheBufferAsItIs() {
    ByteBuf in = Unpooled.copiedBuffer("xx12        yy", StandardCharsets.US_ASCII);

    assertThat(LengthHeader.parse(in, 2)).isEqualTo(12);
    assertThat(in.readerIndex()).isZero();
    assertThat(in.readableBytes()).isEqualTo(14);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 10, 65_536, Integer.MAX_VALUE})
  void writesDigitsThenSpaces(int length) {
    ByteBuf out = Unpooled.buffer();
    LengthHeader.write(out, length);

    assertThat(out.toString(StandardCharsets.US_ASCII)).isEqualTo(String.format("%-10d", length));
    assertThat(LengthHeader.parse(out, 0)).isEqualTo(length);
  }

  @Test
  void refusesToWriteANegativeLength() {
    assertThatThrownBy(() -> LengthHeader.write(Unpooled.buffer(), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a payload of -1 bytes");
  }

  private static long parse(byte[] header) {
    return LengthHeader.parse(Unpooled.wrappedBuffer(header), 0);
  }
}
