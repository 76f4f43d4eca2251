package io.chatroom.server.room;

import io.chatroom.server.log.Burst;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Encodes messages for one kind of members. There is one instance for each kind, for all rooms;
 * rooms compare encodings by identity. Called once per burst, not once per member. Thread-safe.
 */
public interface Encoding {

  /**
   * Encodes a burst for all members who wrote none of it.
   *
   * @return the caller takes over the reference
   */
  Encoded all(Placed said);

  /**
   * Encodes what the author of a segment receives in place of its own messages.
   *
   * @return in direct memory; the caller takes over the reference; null if the author receives
   *     nothing
   */
  @Nullable ByteBuf own(Placed said, Burst.Segment mine);

  /**
   * Returns true if these members receive the messages of others. If not, {@link #all} yields no
   * bytes.
   */
  default boolean isHeard() {
    return true;
  }

  /** Returns true if these members receive notices of joins and leaves. */
  boolean tellsAttendance();

  /**
   * Encodes a notice of joins and leaves. Called only if {@link #tellsAttendance} is true.
   *
   * @return in direct memory; the caller takes over the reference
   */
  ByteBuf attendance(Attendance attendance);
}
