package io.chatroom.server.tls;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The part of ASN.1's distinguished encoding rules that self-signed certificates and older key
 * formats need.
 */
final class Der {

  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0C;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int TAGGED = 0xA0;

  private Der() {}

  static byte[] sequence(byte[]... elements) {
    return element(SEQUENCE, elements);
  }

  static byte[] set(byte[]... elements) {
    return element(SET, elements);
  }

  /** An explicitly tagged element, {@code [number] EXPLICIT}. */
  static byte[] tagged(int number, byte[] element) {
    return element(TAGGED + number, element);
  }

  static byte[] integer(BigInteger value) {
    return element(INTEGER, value.toByteArray());
  }

  /** True. */
  static byte[] yes() {
    return element(BOOLEAN, new byte[] {(byte) 0xFF});
  }

  static byte[] bitString(byte[] bytes) {
    return element(BIT_STRING, new byte[1], bytes); // the first byte is the number of unused bits
  }

  static byte[] octetString(byte[] bytes) {
    return element(OCTET_STRING, bytes);
  }

  static byte[] utf8(String text) {
    return element(UTF8_STRING, text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code YYMMDDhhmmssZ}, for years before 2050. */
  static byte[] utcTime(String digits) {
    return element(UTC_TIME, digits.getBytes(StandardCharsets.US_ASCII));
  }

  /** {@code YYYYMMDDhhmmssZ}, for years from 2050. */
  static byte[] generalizedTime(String digits) {
    return element(GENERALIZED_TIME, digits.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * @param arcs at least two, the second below 40
   */
  static byte[] objectIdentifier(int... arcs) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(40 * arcs[0] + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      for (int shift = 28; shift > 0; shift -= 7) {
        if (arcs[i] >>> shift > 0) {
          bytes.write(0x80 | (arcs[i] >>> shift & 0x7F));
        }
      }
      bytes.write(arcs[i] & 0x7F);
    }
    return element(OBJECT_IDENTIFIER, bytes.toByteArray());
  }

  /** The first element of a sequence, including its header. */
  static byte[] firstOf(byte[] sequence) {
    int first = contentOf(sequence, 0);
    int content = contentOf(sequence, first);
    return Arrays.copyOfRange(sequence, first, content + lengthOf(sequence, first));
  }

  /** The index of the content of the element at an index. */
  private static int contentOf(byte[] der, int place) {
    int length = der[place + 1] & 0xFF;
    return place + 2 + (length < 0x80 ? 0 : length - 0x80);
  }

  private static int lengthOf(byte[] der, int place) {
    int content = contentOf(der, place);
    return content == place + 2
        ? der[place + 1]
        : new BigInteger(1, Arrays.copyOfRange(der, place + 2, content)).intValueExact();
  }

  private static byte[] element(int tag, byte[]... contents) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : contents) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(tag);
    int length = content.size();
    if (length < 0x80) {
      bytes.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int from = digits[0] == 0 ? 1 : 0; // skip the sign byte
      bytes.write(0x80 | (digits.length - from));
      bytes.write(digits, from, digits.length - from);
    }
    bytes.writeBytes(content.toByteArray());
    return bytes.toByteArray();
  }
}
