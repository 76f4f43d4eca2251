package io.chatroom.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.chatroom.protocol.Corpus;
import io.chatroom.protocol.Limits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Whatever bytes come, they are an object, which is written again as bytes that mean the same, or
 * they are refused with the one exception and a sentence that is short and safe to print.
 */
class ObjectFuzzTest {

  private static final int ROUNDS = 20_000;

  @ParameterizedTest(name = "{0}")
  @ArgumentsSource(Corpus.class)
  void passesTheCorpus(String name, byte[] input) {
    isReadOrRefused(input);
  }

  @FuzzTest
  void isReadOrRefused(byte[] input) {
    ByteBuf bytes = Unpooled.wrappedBuffer(input);
    try {
      FromClient object = SessionJson.readClient(bytes, Limits.DEFAULT);
      assertThat(Json.client(Json.of(object))).isEqualTo(object);
    } catch (BadObjectException e) {
      assertHarmless(e);
    }
    try {
      FromServer object = SessionJson.readServer(bytes);
      assertThat(Json.server(Json.of(object))).isEqualTo(object);
    } catch (BadObjectException e) {
      assertHarmless(e);
    }
  }

  private static void assertHarmless(BadObjectException e) {
    String sentence = String.valueOf(e.getMessage());
    assertThat(sentence.codePoints().noneMatch(Character::isISOControl)).isTrue();
    FromServer answer = e.answer(); // its bounds hold
    assertThat(Json.of(answer)).isNotEmpty();
  }

  @Test
  void bytesOfAllKindsAreReadOrRefused() {
    Random random = new Random(4);
    String pieces = "{}[]\":,\\ \n0123456789.-+eEtruefalsnul";
    for (int i = 0; i < ROUNDS; i++) {
      byte[] input = new byte[random.nextInt(64)];
      random.nextBytes(input);
      if (random.nextBoolean()) {
        for (int at = 0; at < input.length; at++) {
          input[at] = (byte) pieces.charAt(random.nextInt(pieces.length()));
        }
      }
      isReadOrRefused(input);
    }
  }

  @Test
  void objectsThatWereTamperedWithAreReadOrRefused() {
    Random random = new Random(5);
    RandomObjects objects = new RandomObjects(random);
    for (int i = 0; i < ROUNDS; i++) {
      String json =
          random.nextBoolean() ? Json.of(objects.fromClient()) : Json.of(objects.fromServer());
      isReadOrRefused(tamper(json.getBytes(StandardCharsets.UTF_8), random));
    }
  }

  private static byte[] tamper(byte[] json, Random random) {
    byte[] input = json;
    for (int change = random.nextInt(4); change >= 0; change--) {
      int at = random.nextInt(input.length);
      int end = Math.min(input.length, at + random.nextInt(16));
      input =
          switch (random.nextInt(5)) {
            case 0 -> {
              byte[] other = input.clone();
              other[at] ^= (byte) (1 << random.nextInt(8));
              yield other;
            }
            case 1 -> join(Arrays.copyOf(input, at), Arrays.copyOfRange(input, end, input.length));
            case 2 -> join(Arrays.copyOf(input, end), Arrays.copyOfRange(input, at, input.length));
            case 3 -> Arrays.copyOf(input, Math.max(1, at));
            default -> {
              String[] values = {
                "null", "1e9", "\"\\ud800\"", "[{}]", "-1", "9007199254740992", "\u0000"
              };
              byte[] value = values[random.nextInt(values.length)].getBytes(StandardCharsets.UTF_8);
              yield join(
                  join(Arrays.copyOf(input, at), value),
                  Arrays.copyOfRange(input, end, input.length));
            }
          };
      if (input.length == 0) {
        return input;
      }
    }
    return input;
  }

  private static byte[] join(byte[] one, byte[] other) {
    byte[] both = Arrays.copyOf(one, one.length + other.length);
    System.arraycopy(other, 0, both, one.length, other.length);
    return both;
  }

  /** The largest frame that a server takes, filled with what costs a reader most. */
  @Test
  void worstFramesAreRefusedWithoutMuchMemory() {
    int bytes = SessionLimits.maxFrameBytes(Limits.DEFAULT.maxMessageBytes());
    for (String piece :
        new String[] {"[", "{\"a\":", "0,", "\"\\u0000", "\"a\":1,", "\\", "{\"type\":", "9"}) {
      for (String begin :
          new String[] {"", "{", "{\"type\":\"ping\",\"x\":[", "{\"type\":\"", "["}) {
        String filled = begin + piece.repeat(bytes / piece.length());
        isReadOrRefused(filled.getBytes(StandardCharsets.UTF_8));
      }
    }
    StringBuilder names = new StringBuilder("{\"type\":\"ping\"");
    for (int i = 0; names.length() < bytes; i++) {
      names.append(",\"n").append(i).append("\":0");
    }
    isReadOrRefused(names.append('}').toString().getBytes(StandardCharsets.UTF_8));
  }
}
