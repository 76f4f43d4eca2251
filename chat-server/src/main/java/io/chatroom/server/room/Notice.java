package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.util.AbstractReferenceCounted;
import io.netty.util.ReferenceCounted;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A notice of joins and leaves on its way to members, encoded once for each kind that receives it.
 * Every event loop that has members of the room holds a reference. Thread-safe.
 */
final class Notice extends AbstractReferenceCounted {

  private final List<Encoding> encodings;
  private final @Nullable ByteBuf[] encoded;

  /**
   * Encodes a notice.
   *
   * @param encodings those that the room's members use; must not change
   */
  Notice(Attendance attendance, List<Encoding> encodings) {
    this.encodings = encodings;
    this.encoded = new ByteBuf[encodings.size()];
    for (int i = 0; i < encoded.length; i++) {
      Encoding encoding = encodings.get(i);
      encoded[i] = encoding.tellsAttendance() ? encoding.attendance(attendance) : null;
    }
  }

  /** The notice in an encoding; null if members of that kind do not receive it. */
  @Nullable ByteBuf in(Encoding encoding) {
    int i = encodings.indexOf(encoding);
    return i < 0 ? null : encoded[i];
  }

  @Override
  public Notice retain() {
    super.retain();
    return this;
  }

  @Override
  public ReferenceCounted touch(Object hint) {
    return this;
  }

  @Override
  protected void deallocate() {
    for (ByteBuf bytes : encoded) {
      if (bytes != null) {
        bytes.release();
      }
    }
  }
}
