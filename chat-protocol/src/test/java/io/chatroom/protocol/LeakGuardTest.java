package io.chatroom.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A guard that never barks proves nothing. */
class LeakGuardTest {

  @Test
  void reportsABufferThatNobodyReleased() {
    PooledByteBufAllocator.DEFAULT.directBuffer(16); // dropped

    // The garbage collector decides when a reference is found, so ask until it has.
    String leak = Awaitility.await().until(LeakGuard::drainLeaks, found -> !found.isEmpty());

    assertThat(leak).contains("LeakGuardTest");
  }

  @Test
  void staysSilentWhenAllIsReleased() {
    PooledByteBufAllocator.DEFAULT.directBuffer(16).release();

    assertThat(LeakGuard.drainLeaks()).isEmpty();
  }
}
