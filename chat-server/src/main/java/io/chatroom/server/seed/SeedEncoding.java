package io.chatroom.server.seed;

import io.chatroom.server.log.Burst;
import io.chatroom.server.room.Attendance;
import io.chatroom.server.room.Encoded;
import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Placed;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The bytes for seed members: name and message, exactly as they came. A burst keeps them in this
 * form, so there is nothing to encode. An author gets nothing in place of its own messages (P-15).
 */
final class SeedEncoding implements Encoding {

  @Override
  public Encoded all(Placed said) {
    Burst burst = said.burst();
    return new Encoded(burst.bytes().retain(), burst.ends());
  }

  @Override
  public @Nullable ByteBuf own(Placed said, Burst.Segment mine) {
    return null;
  }

  @Override
  public boolean tellsAttendance() {
    return false; // the seed's protocol cannot express it
  }

  @Override
  public ByteBuf attendance(Attendance attendance) {
    throw new UnsupportedOperationException("seed members receive no notices of joins and leaves");
  }
}
