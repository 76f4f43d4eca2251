package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Allocates the memory of bursts and compares it with a limit. Unpooled, so that the figure is
 * exact and a burst that a stuck member holds for hours pins its own bytes and not a chunk of a
 * pool. One allocation per burst is too cheap to be worth a pool. Thread-safe.
 */
final class BurstMemory {

  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
  private final long limitBytes;

  BurstMemory(long limitBytes) {
    this.limitBytes = limitBytes;
  }

  ByteBuf allocate(int capacity) {
    return allocator.directBuffer(capacity);
  }

  /** Memory of all bursts that some member has not received yet. */
  long usedBytes() {
    return allocator.metric().usedDirectMemory();
  }

  boolean isTight() {
    return usedBytes() > limitBytes;
  }
}
