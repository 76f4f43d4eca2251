package io.chatroom.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CapacityTest {

  private static final boolean LINUX = Files.exists(Path.of("/proc/self/limits"));

  @Test
  void readsTheLimitOfOpenFiles() {
    assertThat(Capacity.openFiles()).isGreaterThan(LINUX ? 32 : 1_000_000);
  }

  @Test
  void reservesFilesAndHeap() {
    assertThat(Capacity.connections(2))
        .isPositive()
        .isLessThan((int) Math.min(Capacity.openFiles(), Integer.MAX_VALUE))
        .isLessThanOrEqualTo((int) (Runtime.getRuntime().maxMemory() / 8192));
    assertThat(Capacity.connections(1_000_000)).as("never nobody").isEqualTo(1);
  }

  @Test
  void leavesMostOfTheMemoryForMessages() {
    assertThat(Capacity.waitingBytes()).isPositive().isLessThanOrEqualTo(64 * 1024 * 1024);
  }
}
