package io.chatroom.server.log.shared;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The state of a room, as far as this server has delivered it.
 *
 * @param id its id in the store; 0 if it never had a message
 * @param forgotten the highest seq that is no longer kept; 0 if all are
 * @param newest the seq of the last delivered message
 * @param atMillis the time of that message; 0 if there is none
 * @param bytes the total size of the room's messages up to that one
 * @param topic null if it has none
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
   * Creates a room that the store does not have. All servers derive the same epoch, so none of them
   * must change it when the first message creates the room.
   *
   * @param store the name of the store
   * @param generation grows when rooms are dropped, so that a room created again has a new epoch
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

  /** Returns the room with more delivered messages. */
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

  /** Returns the room with the id and retention of the store. */
  SharedRoom as(long storedId, long storedForgotten) {
    return storedId == id && storedForgotten == forgotten
        ? this
        : new SharedRoom(storedId, name, epoch, storedForgotten, newest, atMillis, bytes, topic);
  }
}
