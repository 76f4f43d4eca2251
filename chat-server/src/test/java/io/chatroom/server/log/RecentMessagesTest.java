package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RecentMessagesTest {

  private final RecentMessages.Memory memory = new RecentMessages.Memory(100_000);
  private final RecentMessages room = new RecentMessages(memory);

  private static void add(RecentMessages room, long first, Burst burst) {
    room.add(burst, first, first);
    burst.release();
  }

  private List<String> texts(long from, long to, int limit) {
    return Objects.requireNonNull(room.read(from, to, limit)).stream().map(Message::text).toList();
  }

  @Test
  void keepsTheNewest() {
    for (int i = 1; i <= 1_000; i++) {
      add(room, i, RoomLogContract.burst("ann", "" + i));
    }
    assertThat(room.read(600, 1_000, 10)).isNull();
    assertThat(room.read(1_001, 1_000, 10)).isNull();
    assertThat(texts(800, 1_000, 3)).containsExactly("800", "801", "802");
    assertThat(texts(999, 1_000, 3)).containsExactly("999", "1000");
    assertThat(texts(999, 999, 3)).containsExactly("999");
    assertThat(texts(800, 1_000, 500)).hasSize(201);
  }

  @Test
  void hasNoGap() {
    add(room, 1, RoomLogContract.burst("ann", "1", "2"));
    add(room, 5, RoomLogContract.burst("ann", "5"));

    assertThat(room.read(1, 5, 10)).isNull();
    assertThat(texts(5, 5, 10)).containsExactly("5");
  }

  @Test
  void hasNoDeletedText() {
    add(room, 1, RoomLogContract.burst("ann", "1", "2"));
    add(room, 3, RoomLogContract.deletes(1));

    assertThat(texts(1, 3, 10)).containsExactly(null, "2", "");
  }

  @Test
  void staysWithinTheSharedMemory() {
    RecentMessages other = new RecentMessages(memory);
    add(other, 1, RoomLogContract.burst("ann", "old"));
    for (int i = 1; i <= 200; i++) {
      add(room, i, RoomLogContract.burst("ann", "x".repeat(1_000)));
    }
    assertThat(memory.bytes()).isLessThanOrEqualTo(100_000);
    assertThat(other.read(1, 1, 1)).isNull();
    assertThat(texts(200, 200, 1)).hasSize(1);
    room.clear();
    assertThat(memory.bytes()).isZero();
  }
}
