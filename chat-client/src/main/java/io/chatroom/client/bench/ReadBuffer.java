package io.chatroom.client.bench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * One buffer for all that is read on an event loop, again and again: nothing is allocated for a
 * read, and its bytes stay in the processor's cache. So what a handler is given is only valid until
 * it returns.
 */
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator implements AutoCloseable {

  /** What a connection may have waiting is read at once, as a rule. */
  private static final int BYTES = 256 * 1024;

  private final ByteBuf buffer = Unpooled.directBuffer(BYTES, BYTES);

  /** One read for each time a connection is ready: a second would mostly find nothing. */
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
