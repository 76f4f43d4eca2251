package io.chatroom.server.log.shared;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Maps room names to notification channels, the same on every server. */
final class Shards {

  static final int COUNT = 64;

  private Shards() {}

  static int of(String room) {
    CRC32 sum = new CRC32();
    sum.update(room.getBytes(StandardCharsets.UTF_8));
    return (int) (sum.getValue() % COUNT);
  }

  static String channel(int shard) {
    return String.format("chat_%02d", shard);
  }
}
