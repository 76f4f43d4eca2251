package io.chatroom.client.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineInputTest {

  @Test
  void takesEitherLineEndAndNoneAtTheEnd() throws IOException {
    assertThat(lines("a\nb\r\n\n\r\nc\rd\r\r\n€")).containsExactly("a", "b", "", "", "c\rd\r", "€");
    assertThat(lines("")).isEmpty();
    assertThat(lines("\n")).containsExactly("");
  }

  @Test
  void takesALineOfExactlyTheLimit() throws IOException {
    assertThat(lines("12345\n12345\r\n12€")).containsExactly("12345", "12345", "12€");
  }

  @Test
  void refusesOneLineAndContinuesWithTheNext() throws IOException {
    LineInput input = input("123456\n12345\r6\n12345\n\u00e9\u00e9\u00e9\nok");

    assertTooLong(input, 1);
    assertTooLong(input, 2);
    assertThat(input.next()).isEqualTo("12345");
    assertTooLong(input, 4);
    assertThat(input.next()).isEqualTo("ok");
    assertThat(input.next()).isNull();
  }

  @Test
  void refusesWhatIsNotUtf8() throws IOException {
    LineInput input =
        new LineInput(new ByteArrayInputStream(new byte[] {'a', (byte) 0xC3, '\n', 'b'}), 5, false);

    assertThatThrownBy(input::next)
        .isInstanceOf(BadLineException.class)
        .hasMessage("line 1 is not UTF-8");
    assertThat(input.next()).isEqualTo("b");
  }

  @Test
  void takesTheRestWithoutTheLastLineEnd() throws IOException {
    LineInput input = input("name\na\r\nb\n\n");
    assertThat(input.next()).isEqualTo("name");
    assertThat(input.whole()).isEqualTo("a\r\nb\n");
    assertThat(input.whole()).isNull();
    assertThat(input("\n").whole()).isEmpty();
    assertThat(input("").whole()).isNull();
  }

  @Test
  void takesAWholeOfExactlyTheLimit() throws IOException {
    assertThat(input("12345").whole()).isEqualTo("12345");
    assertThat(input("12\n45\r\n").whole()).isEqualTo("12\n45");
    for (String tooLong : List.of("123456", "123456\n", "12345\r\n\n", "1234567\r\n")) {
      assertThatThrownBy(() -> input(tooLong).whole())
          .isInstanceOf(BadLineException.class)
          .hasMessage("the input is too long: a message has at most 5 bytes");
    }
  }

  @Test
  void refusesAWholeThatIsNotUtf8() {
    LineInput input =
        new LineInput(new ByteArrayInputStream(new byte[] {(byte) 0xFF, '\n'}), 5, false);

    assertThatThrownBy(input::whole)
        .isInstanceOf(BadLineException.class)
        .hasMessage("the input is not UTF-8");
  }

  @Test
  void readsNoFurtherThanTheFirstEnd() throws IOException {
    Iterator<Integer> typed = List.of((int) 'a', -1, (int) 'b').iterator();
    LineInput input =
        new LineInput(
            new InputStream() {
              @Override
              public int read() {
                return typed.next();
              }

              @Override
              public int read(byte[] bytes, int offset, int length) {
                int b = read();
                bytes[offset] = (byte) b;
                return b < 0 ? b : 1;
              }
            },
            5,
            false);

    assertThat(input.next()).isEqualTo("a");
    assertThat(input.next()).isNull();
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    String mark = "\ufeff";

    assertThat(lines(mark + "12345\n" + mark + "2\n")).containsExactly("12345", mark + "2");
    assertThat(input(mark + "a\nb").whole()).isEqualTo("a\nb");
    assertThat(lines(mark)).isEmpty();
    assertThat(lines("\ufefe")).containsExactly("\ufefe");
    assertThatThrownBy(() -> bytes(false, new byte[] {(byte) 0xEF, (byte) 0xBB}).next())
        .hasMessage("line 1 is not UTF-8");
  }

  @Test
  void doesNotWaitForMoreThanALineToFindAByteOrderMark() throws IOException {
    LineInput input = bytes(false, "\n".getBytes(StandardCharsets.UTF_8), new byte[0]);

    assertThat(input.next()).isEmpty();
  }

  /** A read of the kernel's maximum may have lost the rest of the line. */
  @Test
  void refusesALineThatATerminalMayHaveCutAndContinues() throws IOException {
    byte[] longest = "x".repeat(4095).concat("\n").getBytes(StandardCharsets.UTF_8);
    byte[] whole = "x".repeat(4094).concat("\n").getBytes(StandardCharsets.UTF_8);
    byte[] begun = "x".repeat(4095).getBytes(StandardCharsets.UTF_8); // ended by Control-D
    byte[] end = "y\n".getBytes(StandardCharsets.UTF_8);

    LineInput typed = bytes(true, whole, longest, end, begun, end, whole);
    assertThat(typed.next()).hasSize(4094);
    assertThatThrownBy(typed::next)
        .isInstanceOf(BadLineException.class)
        .hasMessageStartingWith("line 2 may have lost its end: this terminal cuts");
    assertThat(typed.next()).isEqualTo("y");
    assertThatThrownBy(typed::next).hasMessageStartingWith("line 4 may have lost its end");
    assertThat(typed.next()).hasSize(4094);

    assertThatThrownBy(() -> bytes(true, whole, longest, end).whole())
        .hasMessageStartingWith("the input may have lost its end");
    assertThat(bytes(false, longest).next()).hasSize(4095);
  }

  @Test
  void saysWhyItCannotRead() {
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("Is a directory");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> new LineInput(broken, 5, false).next())
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(BadLineException.class)
        .hasMessage("cannot read the input: is a directory");
  }

  private static void assertTooLong(LineInput input, int line) {
    assertThatThrownBy(input::next)
        .isInstanceOf(BadLineException.class)
        .hasMessage("line %d is too long: a message has at most 5 bytes", line);
  }

  private static List<String> lines(String text) throws IOException {
    LineInput input = input(text);
    List<String> lines = new ArrayList<>();
    for (String line = input.next(); line != null; line = input.next()) {
      lines.add(line);
    }
    return lines;
  }

  private static LineInput input(String text) {
    return new LineInput(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 5, false);
  }

  /** Supplies these one at a time, as a terminal does; reading further fails. */
  private static LineInput bytes(boolean typed, byte[]... pieces) {
    Iterator<byte[]> next = List.of(pieces).iterator();
    return new LineInput(
        new InputStream() {
          @Override
          public int read() {
            throw new AssertionError("byte by byte");
          }

          @Override
          public int read(byte[] bytes, int offset, int length) {
            if (!next.hasNext()) {
              return -1;
            }
            byte[] piece = next.next();
            assertThat(piece).as("nobody waits for more").isNotEmpty();
            System.arraycopy(piece, 0, bytes, offset, piece.length);
            return piece.length;
          }
        },
        65_536,
        typed);
  }
}
