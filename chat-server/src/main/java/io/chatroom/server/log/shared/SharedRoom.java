package io.chatroom.server.log.shared;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A room as far as this server has followed it.
 *
 * @param id what messages call it; 0 if nothing was ever said there
 * @param epoch which log it is
 * @param forgotten the highest number that is not kept any more; 0 if everything is
 * @param newest the number of the last message that was handed on
 * @param atMillis when that was said; 0 if nothing was
 * @param bytes how much the room had taken in then
 * @param topic what it is about; null if nobody has said so
 */
record SharedRoom(
    long id,
    String name,
    String epoch,
    long forgotten,
    long newest,
    long atMillis,
    long bytes,
    @Nullable String topic) {

  private static final int EPOCH_BYTES = 8;

  /**
   * A room that the store does not have. All servers call its epoch the same, so that none of them
   * has to begin anew when the first message makes the room.
   *
   * @param store the name of the store
   * @param generation grows when rooms are dropped, so one that is made again is another log
   */
  static SharedRoom fresh(String name, String store, long generation) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest((store + "/" + generation + "/" + name).getBytes(StandardCharsets.UTF_8));
      String epoch = HexFormat.of().formatHex(Arrays.copyOf(digest, EPOCH_BYTES));
      return new SharedRoom(0, name, epoch, 0, 0, 0, 0, null);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The room with more messages. */
  SharedRoom with(long last, long at, long size) {
    return new SharedRoom(id, name, epoch, forgotten, last, at, bytes + size, topic);
  }

  SharedRoom withTopic(@Nullable String about) {
    return new SharedRoom(
        id,
        name,
        epoch,
        forgotten,
        newest,
        atMillis,
        bytes,
        about == null || about.isEmpty() ? null : about);
  }

  /** The room as the store knows it, with what of it was handed on. */
  SharedRoom as(long storedId, long storedForgotten) {
    return storedId == id && storedForgotten == forgotten
        ? this
        : new SharedRoom(storedId, name, epoch, storedForgotten, newest, atMillis, bytes, topic);
  }
}
