package io.chatroom.client.conformance;

import static io.chatroom.client.conformance.Defect.*;

import io.chatroom.client.conformance.ReferenceFrame.Violation;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** How a {@link ReferenceServer} reads headers and payloads, and writes pairs. */
final class ReferenceWire {

  private static final byte[] SERVER = {'s', 'e', 'r', 'v', 'e', 'r'};

  private final @Nullable Defect defect;

  ReferenceWire(@Nullable Defect defect) {
    this.defect = defect;
  }

  private boolean has(Defect one) {
    return defect == one;
  }

  byte[] pair(ReferenceFrame name, ReferenceFrame message) {
    ByteArrayOutputStream pair = new ByteArrayOutputStream();
    write(name, passedOn(name, nameBytes(name.payload().length)), pair);
    write(message, passedOn(message, messageBytes(name, message)), pair);
    if (has(LINE_END_AFTER_EMPTY_MESSAGE) && message.payload().length == 0) {
      pair.write('\n');
    }
    return pair.toByteArray();
  }

  private void write(ReferenceFrame frame, byte[] payload, ByteArrayOutputStream pair) {
    int length =
        has(WRITES_LENGTH_IN_CHARACTERS)
            ? frame.text().codePointCount(0, frame.text().length())
            : payload.length;
    boolean asReceived =
        frame.payload().length == length && !has(REWRITES_HEADERS) && !has(RELAYS_THE_UNFINISHED);
    pair.writeBytes(
        asReceived
            ? frame.header()
            : "%-10d".formatted(length).getBytes(StandardCharsets.US_ASCII));
    pair.writeBytes(payload);
  }

  /** How many bytes of a name are relayed: all, without a defect. */
  private int nameBytes(int length) {
    if (has(LOSES_A_BYTE_OF_NAMES_OF_32) && length == 32) {
      return 31;
    }
    return has(WRAPS_NAMES_AT_256) ? length & 0xff : length;
  }

  /** How many bytes of a message are relayed: all, without a defect. */
  private int messageBytes(ReferenceFrame name, ReferenceFrame message) {
    int length = message.payload().length;
    if (has(LOSES_A_BYTE_OF_512) && length == 512) {
      return 511;
    }
    if (has(CUTS_WHAT_FOLLOWS_LONG_NAMES) && name.payload().length > 40) {
      return Math.min(length, 1_024 - name.payload().length);
    }
    return has(CUTS_AT_4096) ? Math.min(length, 4096) : length;
  }

  private byte[] passedOn(ReferenceFrame frame, int bytes) {
    if (has(TRIMS_PAYLOADS)) {
      return frame.text().strip().getBytes(StandardCharsets.UTF_8);
    }
    if (has(SWAPS_HALVES_OF_16384) && bytes == 16_384) {
      byte[] swapped = Arrays.copyOfRange(frame.payload(), bytes / 2, bytes + bytes / 2);
      System.arraycopy(frame.payload(), 0, swapped, bytes / 2, bytes / 2);
      return swapped;
    }
    return Arrays.copyOf(frame.payload(), bytes);
  }

  byte[] notice(String text) {
    return pair(
        ReferenceFrame.of(SERVER), ReferenceFrame.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  long length(byte[] header) throws Violation {
    String text = new String(header, StandardCharsets.ISO_8859_1);
    if (has(READS_HEADERS_LIKE_PYTHON)) {
      text = likePython(new String(header, StandardCharsets.UTF_8));
    } else if (has(READS_HEADERS_LIKE_C)) {
      text = text.replaceFirst("^[ \\t\\n\\013\\r]*\\+?([0-9]+).*", "$1");
      text = text.replaceFirst("(?s)^([0-9]+).*", "$1");
    } else if (has(TAKES_ONLY_THE_DIGITS)) {
      text = text.replaceAll("[^0-9]", "");
    } else if (has(READS_NONSENSE_AS_ZERO) && !text.matches("[-+ \\t]*[1-9].*")) {
      text = "0";
    } else if (has(READS_EIGHT_COLUMNS)
        && text.startsWith(" ")
        && !text.substring(0, 8).isBlank()) {
      text = text.substring(0, 8);
    }
    if (!text.matches(" *[0-9]{1,10} *")
        || (has(REJECTS_LEADING_SPACES) && text.startsWith(" "))
        || (has(REJECTS_NINE_SPACES) && text.endsWith(" ".repeat(9)))) {
      throw new Violation("malformed header");
    }
    String digits = text.strip();
    if (has(READS_OCTAL) && digits.startsWith("0") && digits.matches("[0-7]+")) {
      return Long.parseLong(digits, 8);
    }
    long length = Long.parseLong(digits);
    boolean wraps = has(WRAPS_LENGTHS) || (has(SIGNED_LENGTHS) && length < 1L << 32);
    return wraps ? (int) length : length;
  }

  private static String likePython(String header) {
    StringBuilder digits = new StringBuilder();
    String text = header.replaceAll("^[\\s\\u00a0\\013]+|[\\s\\u00a0\\013]+$", "");
    text.replaceFirst("^\\+", "")
        .replaceAll("(?<=\\d)_(?=\\d)", "")
        .codePoints()
        .forEach(
            c -> digits.appendCodePoint(Character.isDigit(c) ? '0' + Character.digit(c, 10) : c));
    return digits.toString();
  }

  void checkUtf8(byte[] payload) throws Violation {
    if (has(ANY_BYTES)
        || (has(OVERLONG_FORMS_AND_SURROGATES) && hasTheShapeOfUtf8(payload))
        || (has(CARRIES_UTF8_ACROSS_FRAMES) && endsOrBeginsWithin(payload))) {
      return;
    }
    if (has(READS_CHARACTERS_IN_BLOCKS)) {
      for (int border = 256; border < payload.length; border += 256) {
        if (isWithinCharacter(payload, border)) {
          throw new Violation("not UTF-8");
        }
      }
    }
    int end = payload.length;
    if (has(CHECKS_256_BYTES) && end > 256) {
      end = 256;
      while (isWithinCharacter(payload, end)) {
        end--;
      }
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload, 0, end));
    } catch (CharacterCodingException e) {
      throw new Violation("not UTF-8");
    }
  }

  private static boolean isWithinCharacter(byte[] payload, int place) {
    return (payload[place] & 0xc0) == 0x80;
  }

  private static boolean hasTheShapeOfUtf8(byte[] payload) {
    String bytes = new String(payload, StandardCharsets.ISO_8859_1);
    return bytes.matches(
        "(?s)([\\x00-\\x7f]|[\\xc0-\\xdf][\\x80-\\xbf]|[\\xe0-\\xef][\\x80-\\xbf]{2}"
            + "|[\\xf0-\\xf4][\\x80-\\xbf]{3})*");
  }

  private static boolean endsOrBeginsWithin(byte[] payload) {
    String bytes = new String(payload, StandardCharsets.ISO_8859_1);
    return bytes.matches(
        "(?s)[\\x80-\\xbf]?[\\x00-\\x7f]*([\\xc2-\\xdf]|\\xf0[\\x90-\\xbf][\\x80-\\xbf])?");
  }
}
