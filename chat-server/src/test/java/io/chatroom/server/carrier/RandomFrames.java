package io.chatroom.server.carrier;

import io.chatroom.server.WsPeer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;

/** Random frames of WebSocket clients: mostly valid; sometimes with a violation of each rule. */
final class RandomFrames {

  private static final int CONTINUATION = 0;

  private RandomFrames() {}

  /**
   * A message, whole or in fragments, or a control frame, or garbage.
   *
   * @param longest approximate maximum size in bytes
   */
  static byte[] next(Random random, int longest) {
    return switch (random.nextInt(12)) {
      case 0 -> header(random, longest);
      case 1 -> control(random);
      default -> message(random, longest);
    };
  }

  private static byte[] control(Random random) {
    return random.nextInt(20) == 0
        ? WsPeer.frame(true, WsPeer.CLOSE, number(random))
        : WsPeer.frame(
            true, random.nextBoolean() ? WsPeer.PING : WsPeer.PONG, content(random, 125));
  }

  private static byte[] number(Random random) {
    return ByteBuffer.allocate(2).putShort((short) (995 + random.nextInt(30))).array();
  }

  private static byte[] message(Random random, int longest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int opcode = random.nextInt(8) == 0 ? WsPeer.BINARY : WsPeer.TEXT;
    while (random.nextInt(3) == 0) {
      out.writeBytes(WsPeer.frame(false, opcode, content(random, longest)));
      if (random.nextBoolean()) {
        out.writeBytes(control(random));
      }
      opcode = CONTINUATION;
    }
    if (random.nextInt(30) > 0) {
      out.writeBytes(WsPeer.frame(true, opcode, content(random, longest)));
    }
    return out.toByteArray();
  }

  private static byte[] content(Random random, int longest) {
    int length =
        switch (random.nextInt(12)) {
          case 0 -> 0;
          case 1 -> 124 + random.nextInt(4);
          case 2 -> 65_533 + random.nextInt(5);
          case 3 -> longest / 2 + random.nextInt(3);
          case 4 -> longest - random.nextInt(3);
          default -> random.nextInt(300);
        };
    byte[] content = new byte[Math.min(length, longest)];
    random.nextBytes(content);
    return content;
  }

  /** Two random bytes, a length in any form, and few bytes after it. */
  private static byte[] header(Random random, int longest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(random.nextInt(256));
    int form = random.nextInt(3);
    boolean masked = random.nextInt(4) > 0;
    int length = random.nextBoolean() ? random.nextInt(200) : longest - 2 + random.nextInt(4);
    out.write((masked ? 0x80 : 0) | (form == 0 ? random.nextInt(126) : 125 + form));
    if (form == 1) {
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) length).array());
    } else if (form == 2) {
      boolean wild = random.nextBoolean();
      out.writeBytes(ByteBuffer.allocate(8).putLong(wild ? random.nextLong() : length).array());
    }
    byte[] rest = new byte[random.nextInt(300)];
    random.nextBytes(rest);
    out.writeBytes(rest);
    return out.toByteArray();
  }
}
