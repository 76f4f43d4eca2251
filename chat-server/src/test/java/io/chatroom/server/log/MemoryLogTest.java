package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MemoryLogTest extends RoomLogContract {

  private final List<MemoryLogs> all = new ArrayList<>();
  private final List<String> emptied = new ArrayList<>();
  private final MemoryLogs plenty = logs(1_000, 10_000_000);

  @AfterEach
  void closeAll() {
    all.forEach(MemoryLogs::close);
  }

  @Override
  RoomLog open() {
    return plenty.open("room", () -> {});
  }

  @Test
  void keepsTheNewestOfARoom() {
    Heard room = opened(logs(100, 10_000_000), "room");
    for (int i = 1; i <= 250; i++) {
      room.log.append(burst("a", "" + i));
    }
    Slice kept = read(room.log, before(room.log, 1), 1_000);

    assertThat(kept.first()).isEqualTo(151);
    assertThat(kept.newest()).isEqualTo(250);
    assertThat(kept.messages()).extracting(Message::seq).hasSize(100).startsWith(151L);
  }

  @Test
  void keepsTheNewestOfABurstBeyondTheLimit() {
    Heard room = opened(logs(3, 10_000_000), "room");
    room.log.append(burst("a", "1", "2", "3", "4", "5"));

    assertThat(read(room.log, before(room.log, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly("3", "4", "5");
  }

  @Test
  void keepsNothingIfTheLimitIsZero() {
    MemoryLogs none = logs(0, 10_000_000);
    Heard room = opened(none, "room");
    room.log.append(burst("a", "1"));

    assertThat(room.texts).containsExactly("1");
    assertThat(room.log.isEmpty()).isTrue();
    assertThat(room.log.newest().seq()).isEqualTo(1);
    assertThat(none.bytes()).isZero();
    Slice nothing = read(room.log, before(room.log, 1), 10);
    assertThat(nothing.first()).isEqualTo(2);
    assertThat(nothing.messages()).isEmpty();
  }

  @Test
  void holdsNoByteOfADeletedMessage() {
    MemoryLogs logs = logs(1_000, 10_000_000);
    Heard room = opened(logs, "room");
    room.log.append(burst("a", "x".repeat(10_000), "y"));
    long before = logs.bytes();
    Burst event = new Burst(Unpooled.directBuffer());
    event.add(() -> new byte[0], RoomEvent.deleted("a", 1));
    event.seal();
    room.log.append(event);

    assertThat(logs.bytes()).isLessThan(before - 9_000);
  }

  @Test
  void evictsTheOldestOfAllRoomsOverTheBudget() {
    MemoryLogs small = logs(1_000, 100_000);
    Heard quiet = opened(small, "quiet");
    Heard busy = opened(small, "busy");
    quiet.log.append(burst("a", "once"));
    for (int i = 0; i < 40; i++) {
      busy.log.append(burst("b", "x".repeat(1_000)));
    }
    assertThat(quiet.log.isEmpty()).as("forgotten while there is room").isFalse();
    assertThat(emptied).isEmpty();

    for (int i = 0; i < 200; i++) {
      busy.log.append(burst("b", "x".repeat(1_000)));
      assertThat(small.bytes()).isLessThanOrEqualTo(100_000);
    }

    assertThat(quiet.log.isEmpty()).isTrue();
    assertThat(emptied).containsExactly("quiet");
    assertThat(read(busy.log, before(busy.log, 1), 1_000).messages())
        .as("what fits of the newest")
        .hasSizeGreaterThan(50)
        .last()
        .extracting(Message::seq)
        .isEqualTo(240L);
  }

  @Test
  void freesItsMemoryWhenItCloses() {
    MemoryLogs logs = logs(1_000, 10_000_000);
    Heard room = opened(logs, "room");
    room.log.append(burst("a", "1"));
    assertThat(logs.bytes()).isPositive();

    room.log.close();

    assertThat(logs.bytes()).isZero();
  }

  @Test
  void countsItsMemoryUnderRandomUse() {
    Random random = new Random(7);
    MemoryLogs logs = logs(50, 60_000);
    List<Heard> rooms = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      rooms.add(opened(logs, "" + i));
    }
    for (int i = 0; i < 2_000; i++) {
      String[] texts = new String[1 + random.nextInt(20)];
      for (int t = 0; t < texts.length; t++) {
        texts[t] = "x".repeat(random.nextInt(20) == 0 ? random.nextInt(30_000) : 20);
      }
      rooms.get(random.nextInt(5)).log.append(burst("a", texts));
      assertThat(logs.bytes()).isBetween(0L, 60_000L);
    }
    for (Heard room : rooms) {
      Slice kept = read(room.log, before(room.log, 1), 1_000);
      assertThat(kept.messages()).hasSizeLessThanOrEqualTo(50);
      assertThat(kept.messages().size()).isEqualTo(kept.newest() - kept.first() + 1);
      room.log.close();
    }
    assertThat(logs.bytes()).isZero();
  }

  @Test
  void forgetsIdsTogetherWithTheirMessages() {
    Heard room = opened(logs(10, 10_000_000), "room");
    room.log.append(posts("1", "hello"));
    for (int i = 0; i < 200; i++) {
      room.log.append(posts("x" + i, "more"));
    }
    room.log.append(posts("1", "another"));

    assertThat(room.again).isEmpty();
    assertThat(room.log.newest().seq()).isEqualTo(202);
    room.log.append(posts("1", "another"));
    assertThat(room.again).containsExactly("1 is 202");
  }

  /** Even ids of messages that their own burst pushes out. */
  @Test
  void forgetsIdsOfMessagesThatItNeverKept() {
    Heard room = opened(logs(2, 10_000_000), "room");
    room.log.append(posts("1", "a", "2", "b", "3", "c", "4", "d"));

    room.log.append(posts("1", "other"));
    assertThat(room.again).isEmpty();
    room.log.append(posts("4", "d"));
    assertThat(room.again).containsExactly("4 is 4");
  }

  @Test
  void rejectsAnIdUsedInAnotherRoom() {
    MemoryLogs logs = logs(10, 10_000_000);
    Heard one = opened(logs, "one");
    Heard other = opened(logs, "other");
    one.log.append(posts("1", "hello"));
    other.log.append(posts("1", "hello"));
    assertThat(other.again).containsExactly("1 is another");

    one.log.close();
    other.log.append(posts("1", "hello"));
    assertThat(other.texts).containsExactly("hello");
  }

  /** Topics take memory, although seed members do not receive them. */
  @Test
  void countsEvents() {
    MemoryLogs logs = logs(100_000, 1_000_000);
    Heard room = opened(logs, "room");
    for (int i = 0; i < 5_000; i++) {
      Burst burst = new Burst(Unpooled.directBuffer());
      burst.add(() -> new byte[0], new RoomEvent("topic", "ann", null, "x".repeat(500)));
      burst.seal();
      room.log.append(burst);
    }

    assertThat(logs.bytes()).isLessThanOrEqualTo(1_000_000);
    assertThat(room.log.newest().seq() - room.log.first()).isLessThan(2_000);
  }

  private MemoryLogs logs(int messages, long bytes) {
    MemoryLogs logs = new MemoryLogs(messages, bytes, InstantSource.system());
    all.add(logs);
    return logs;
  }

  private Heard opened(MemoryLogs logs, String room) {
    return follow(logs.open(room, () -> emptied.add(room)));
  }
}
