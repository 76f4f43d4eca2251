package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * One buffer for all reads on an event loop: a read allocates nothing, and the bytes stay in the
 * processor's cache. So a handler may use the buffer only until it returns.
 */
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator implements AutoCloseable {

  /** Large enough to read, as a rule, all that waits on a connection at once. */
  private static final int BYTES = 256 * 1024;

  private final ByteBuf buffer = Unpooled.directBuffer(BYTES, BYTES);

  /** One read each time a connection is ready: a second would mostly find nothing. */
  ReadBuffer() {
    super(1);
  }

  @Override
  @SuppressWarnings("deprecation") // the abstract method that every allocator must have
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

  /** To be called when the event loop has ended. */
  @Override
  public void close() {
    buffer.release();
  }
}
