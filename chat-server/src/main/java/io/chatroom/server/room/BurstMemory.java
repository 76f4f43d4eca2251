package io.chatroom.server.room;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Where bursts get their memory, and whether they take too much of it. Not pooled, so that the
 * figure is exact and a burst that a stuck member holds for hours pins its own bytes and no pool's
 * chunk; one allocation a burst is not worth saving. Thread-safe.
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

  /** How much all bursts take that not everybody has got yet. */
  long usedBytes() {
    return allocator.metric().usedDirectMemory();
  }

  boolean isTight() {
    return usedBytes() > limitBytes;
  }
}
