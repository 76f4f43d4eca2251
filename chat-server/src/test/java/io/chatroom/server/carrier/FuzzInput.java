package io.chatroom.server.carrier;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;

/** Reads the input of a fuzz test, and counts the memory that it uses. */
public final class FuzzInput {

  /** In the fuzzing profile the allocator counts every byte; else LeakGuard finds leaks. */
  private static final boolean COUNTS =
      ByteBufAllocator.DEFAULT instanceof UnpooledByteBufAllocator;

  private FuzzInput() {}

  /** The memory of all buffers if it is counted, else 0. */
  public static long usedBytes() {
    if (!COUNTS) {
      return 0;
    }
    var metric = UnpooledByteBufAllocator.DEFAULT.metric();
    return metric.usedDirectMemory() + metric.usedHeapMemory();
  }

  /** The next byte as 0 to 255, or 0 at the end. */
  public static int number(ByteBuffer input) {
    return input.hasRemaining() ? input.get() & 0xFF : 0;
  }

  /** A number, then as many bytes, or all that are left. */
  public static byte[] bytes(ByteBuffer input) {
    byte[] bytes = new byte[Math.min(number(input), input.remaining())];
    input.get(bytes);
    return bytes;
  }
}
