package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * One buffer for all reads on an event loop: a read allocates nothing, and the bytes stay in the
 * processor's cache. A handler must not use the buffer after it returns.
 */
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator implements AutoCloseable {

  /** Usually enough to read everything that waits on a connection at once. */
  private static final int BYTES = 256 * 1024;

  private final ByteBuf buffer = Unpooled.directBuffer(BYTES, BYTES);

  /**
   * Reads once each time a connection is ready, because a second read would mostly find nothing.
   */
  ReadBuffer() {
    super(1);
  }

  @Override
  @SuppressWarnings("deprecation") // abstract in every allocator
  public Handle newHandle() {
    return new MaxMessageHandle() {
      @Override
      public int guess() {
        return BYTES;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator ignored) {
        return buffer.clear().retain();
      }
    };
  }

  /** Releases the buffer; to be called when the event loop has ended. */
  @Override
  public void close() {
    buffer.release();
  }
}
