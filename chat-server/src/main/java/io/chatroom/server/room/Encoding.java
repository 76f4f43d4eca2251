package io.chatroom.server.room;

import io.chatroom.server.log.Burst;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * How members of one kind get what is said. One instance stands for one kind, in all rooms; rooms
 * tell kinds apart by identity. Thread-safe; called once a burst, not once a member.
 */
public interface Encoding {

  /**
   * Encodes a burst for everybody who said none of it.
   *
   * @return the caller takes over the reference
   */
  Encoded all(Placed said);

  /**
   * Encodes what the author of some messages gets in their place.
   *
   * @return in direct memory; the caller takes over the reference; null if the author gets nothing
   */
  @Nullable ByteBuf own(Placed said, Burst.Segment mine);

  /** Whether they hear what others say; if not, {@link #all} gives no bytes. */
  default boolean isHeard() {
    return true;
  }

  /** Whether they are told who comes and goes. */
  boolean tellsAttendance();

  /**
   * Encodes who came and went, if they are told of it.
   *
   * @return in direct memory; the caller takes over the reference
   */
  ByteBuf attendance(Attendance attendance);
}
