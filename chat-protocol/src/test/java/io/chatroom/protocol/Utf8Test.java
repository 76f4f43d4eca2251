package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

  private final CharsetDecoder jdk = StandardCharsets.UTF_8.newDecoder();

  @Test
  void agreesWithTheJdkOnEverySequenceOfUpToThreeBytesThatCanMatter() {
    for (int a = 0; a <= 0xFF; a++) {
      compare(new byte[] {(byte) a});
      for (int b = 0; b <= 0xFF; b++) {
        compare(new byte[] {(byte) a, (byte) b});
      }
    }
    for (int a = 0xE0; a <= 0xF7; a++) {
      for (int b = 0x70; b <= 0xCF; b++) {
        for (int c = 0x70; c <= 0xCF; c++) {
          compare(new byte[] {(byte) a, (byte) b, (byte) c});
        }
      }
    }
  }

  @Test
  void agreesWithTheJdkOnEveryStartOfFourBytes() {
    for (int a = 0xF0; a <= 0xFF; a++) {
      for (int b = 0; b <= 0xFF; b++) {
        compare(new byte[] {(byte) a, (byte) b, (byte) 0x80, (byte) 0xBF});
        compare(new byte[] {(byte) a, (byte) b, (byte) 0x80, 'x'});
        compare(new byte[] {(byte) a, (byte) b, 'x', (byte) 0x80});
      }
    }
  }

  @Test
  void findsOneBadByteAnywhereAmongGoodOnes() {
    for (int length = 1; length <= 40; length++) {
      for (int at = 0; at < length; at++) {
        byte[] bytes = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
        compare(bytes);
        bytes[at] = (byte) 0xC3; // the start of two bytes, but the next is ASCII or missing
        compare(bytes);
        if (at + 1 < length) {
          bytes[at + 1] = (byte) 0xA9;
          compare(bytes);
        }
      }
    }
  }

  @Test
  void agreesWithTheJdkOnRandomMixtures() {
    Random random = new Random(2);
    byte[] frequent = {
      'a', (byte) 0x80, (byte) 0xBF, (byte) 0xC3, (byte) 0xE2, (byte) 0xED, (byte) 0xF0
    };
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = new byte[random.nextInt(12)];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = frequent[random.nextInt(frequent.length)];
      }
      compare(bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080", // overlong NUL
        "c1bf", // overlong DEL
        "e09fbf", // overlong, three bytes
        "f08fbfbf", // overlong, four bytes
        "eda080", // the first surrogate
        "edbfbf", // the last surrogate
        "eda0bdedb880", // a pair of surrogates, CESU-8
        "f4908080", // U+110000
        "f5808080",
        "ff",
        "80",
        "c3", // cut short
        "e282",
        "f09f9982" + "f09f99", // a whole one, then one cut short
      })
  void refusesWhatRfc3629Refuses(String hex) {
    assertThat(isValid(HexFormat.of().parseHex(hex))).isFalse();
  }

  @Test
  void looksOnlyAtTheRangeItIsGiven() {
    byte[] bytes = {(byte) 0xFF, 'h', 'i', (byte) 0xFF};

    assertThat(Utf8.isValid(Unpooled.wrappedBuffer(bytes), 1, 2)).isTrue();
    assertThat(Utf8.isValid(Unpooled.wrappedBuffer(bytes), 1, 3)).isFalse();
    assertThat(Utf8.isValid(Unpooled.wrappedBuffer(bytes), 4, 0)).isTrue();
  }

  private void compare(byte[] bytes) {
    if (isValid(bytes) != jdkAccepts(bytes)) {
      throw new AssertionError(
          HexFormat.of().formatHex(bytes) + " is " + (jdkAccepts(bytes) ? "" : "not ") + "UTF-8");
    }
  }

  private static boolean isValid(byte[] bytes) {
    return Utf8.isValid(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
  }

  private boolean jdkAccepts(byte[] bytes) {
    try {
      jdk.decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
