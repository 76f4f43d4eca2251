package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * The bytes of one write, gathered from one or more buffers. The buffers are borrowed: the caller
 * keeps its references until {@link #clear}. Reusable; belongs to one event loop.
 */
public final class Pieces {

  private static final int FEW = 4;

  private ByteBuf[] buffers = new ByteBuf[FEW];
  private int[] starts = new int[FEW];
  private int[] ends = new int[FEW];
  private boolean[] owned = new boolean[FEW];
  private int count;
  private long bytes;
  private boolean addressed = true;

  /** Adds a part of a shared buffer. Does nothing if the part is empty. */
  public void add(ByteBuf buffer, int start, int end) {
    add(buffer, start, end, false);
  }

  /** Adds all of a buffer and takes over its reference. */
  void addOwn(ByteBuf buffer) {
    if (!buffer.isReadable()) {
      buffer.release();
      return;
    }
    add(buffer, buffer.readerIndex(), buffer.writerIndex(), true);
  }

  private void add(ByteBuf buffer, int start, int end, boolean own) {
    if (start == end && !own) {
      return;
    }
    if (count == buffers.length) {
      buffers = Arrays.copyOf(buffers, 2 * count);
      starts = Arrays.copyOf(starts, 2 * count);
      ends = Arrays.copyOf(ends, 2 * count);
      owned = Arrays.copyOf(owned, 2 * count);
    }
    buffers[count] = buffer;
    starts[count] = start;
    ends[count] = end;
    owned[count] = own;
    bytes += end - start;
    addressed &= buffer.hasMemoryAddress();
    count++;
  }

  /** Removes all pieces and releases those that were taken over. */
  public void clear() {
    for (int i = 0; i < count; i++) {
      if (owned[i]) {
        buffers[i].release();
      }
      buffers[i] = null;
    }
    count = 0;
    bytes = 0;
    addressed = true;
  }

  /** The number of pieces. */
  int count() {
    return count;
  }

  /** The number of bytes in all pieces. */
  long bytes() {
    return bytes;
  }

  /**
   * Returns true if all buffers have a memory address. For others Netty would use a view of the
   * buffer that event loops must not share.
   */
  boolean haveAddresses() {
    return addressed;
  }

  ByteBuf buffer(int piece) {
    return buffers[piece];
  }

  int start(int piece) {
    return starts[piece];
  }

  int size(int piece) {
    return ends[piece] - starts[piece];
  }
}
