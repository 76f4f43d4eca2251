package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoreTrouble;
import io.chatroom.server.log.store.StoredLogs;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log in a directory: the contract, and the content after it is reopened. */
class StoredLogTest extends RefusingLogContract {

  @TempDir Path directory;

  private final AtomicInteger rooms = new AtomicInteger();
  private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.now());
  private StoredLogs logs;

  @BeforeEach
  void openStore() throws IOException {
    openStore(Retention.FOREVER);
  }

  private void openStore(Retention retention) throws IOException {
    logs = StoredLogs.open(directory, retention, clock::get);
  }

  @AfterEach
  void closeStore() {
    logs.close();
  }

  @Override
  RoomLog open() {
    return logs.open("room" + rooms.incrementAndGet(), () -> {});
  }

  @Override
  void fail(RoomLog log) {
    StoreTrouble.fail(logs);
  }

  @Override
  void mend(RoomLog log) {
    StoreTrouble.mend(logs);
  }

  private void reopen() throws IOException {
    logs.close();
    openStore();
  }

  @Test
  void isTheSameAfterReopening() throws IOException {
    Heard before = follow(logs.open("tea", () -> {}));
    before.log.append(burst("bob", "one"));
    before.log.append(posts("1", "two"));
    Burst topic = new Burst(Unpooled.directBuffer());
    topic.add(() -> new byte[0], new RoomEvent(RoomEvent.TOPIC, "ann", null, "Tea"));
    topic.seal();
    before.log.append(topic);
    before.await(3);
    Slice kept = read(before.log, before(before.log, 1), 10);

    reopen();

    assertThat(logs.names()).containsExactly("tea");
    Heard after = follow(logs.open("tea", () -> {}));
    assertThat(after.log.newest()).isEqualTo(before.log.newest());
    assertThat(after.log.first()).isEqualTo(1);
    assertThat(after.log.topic()).isEqualTo("Tea");
    assertThat(read(after.log, before(after.log, 1), 10)).isEqualTo(kept);
    after.log.append(posts("1", "two", "2", "three"));
    after.await(1);
    assertThat(after.again).containsExactly("1 is 2");
    assertThat(after.firstSeqs).containsExactly(4L);
    logs.open("new", () -> {}).close();
  }

  @Test
  void storesAnIdOnceInAllRooms() {
    Heard one = follow(newLog());
    Heard other = follow(newLog());
    one.log.append(posts("1", "hello"));
    one.await(1);
    other.log.append(posts("1", "hello", "2", "x"));
    other.await(1);

    assertThat(other.again).containsExactly("1 is another");
  }

  @Test
  void aRoomThatKeepsNothingStartsOver() throws IOException {
    RoomLog unused = logs.open("unused", () -> {});
    String epoch = unused.newest().epoch();
    unused.close();

    assertThat(logs.open("unused", () -> {}).newest().epoch()).isNotEqualTo(epoch);
    reopen();
    assertThat(logs.names()).isEmpty();
  }

  /** Deleted text is not in the database, not in its write-ahead log, and not in free pages. */
  @Test
  void overwritesDeletedContent() throws IOException {
    Heard tea = follow(logs.open("tea", () -> {}));
    Random random = new Random(3);
    for (int i = 1; i <= 200; i++) {
      boolean large = random.nextInt(10) == 0;
      String text = "x".repeat(random.nextInt(large ? 20_000 : 300));
      tea.log.append(burst("bob", text + (i % 3 == 0 ? "secret!" : "public!") + text));
    }
    tea.await(200);
    assertThat(bytes()).contains("secret!").contains("public!");
    for (int i = 3; i <= 200; i += 3) {
      tea.log.append(deletes(i));
    }
    tea.await(266);

    await().atMost(Duration.ofSeconds(60)).until(() -> !bytes().contains("secret!"));
    assertThat(bytes()).contains("public!");
    assertThat(StoreTools.check(directory).faults()).isEmpty();
  }

  private String bytes() throws IOException {
    StringBuilder bytes = new StringBuilder();
    for (String file : List.of("log.db", "log.db-wal")) {
      bytes.append(Files.readString(directory.resolve(file), StandardCharsets.ISO_8859_1));
    }
    return bytes.toString();
  }

  @Test
  void slowsSendersWhileTooMuchWaits() {
    AtomicInteger slowed = new AtomicInteger();
    logs.slows(slowed::incrementAndGet, slowed::decrementAndGet);
    Heard room = follow(newLog());
    StoreTrouble.fail(logs);
    for (int i = 1; i <= 10; i++) {
      room.log.append(burst("a", "x".repeat(1_000_000)));
      assertThat(slowed).as("with %d MB", i).hasValue(i > 8 ? 1 : 0);
    }
    StoreTrouble.mend(logs);
    room.await(10);
    await().untilAsserted(() -> assertThat(slowed).hasValue(0));
  }

  /** SQLite rolls back the whole transaction by itself then. */
  @Test
  void losesAndRepeatsNothingOnAFullDisk() throws IOException {
    Heard room = follow(logs.open("tea", () -> {}));
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      room.log.append(posts("a" + i, "a" + i));
      room.await(expected.size() + 1);
      StoreTrouble.fill(logs);
      String big = i + "x".repeat(100_000);
      room.log.append(burst("seed", "b" + i, big));
      room.log.append(posts("c" + i, "c" + i));
      room.awaitRefused(2 * (i + 1));
      StoreTrouble.makeRoom(logs);
      expected.addAll(List.of("a" + i, "b" + i, big, "c" + i));
      room.await(expected.size());
    }
    assertThat(room.texts).isEqualTo(expected);
    assertThat(room.again).isEmpty();

    reopen();
    RoomLog after = logs.open("tea", () -> {});
    List<String> kept = new ArrayList<>();
    while (kept.size() < expected.size()) {
      read(after, before(after, kept.size() + 1), 100).messages().forEach(m -> kept.add(m.text()));
    }
    assertThat(kept).isEqualTo(expected);
    assertThat(StoreTools.check(directory).faults()).isEmpty();
  }

  private void reopen(Retention retention) throws IOException {
    logs.close();
    openStore(retention);
  }

  /** Retention runs while nothing waits, so a test waits for it. */
  private static void awaitFirst(RoomLog log, long first) {
    await().until(() -> log.first() == first);
    assertThat(read(log, before(log, 1), 10_000).messages())
        .extracting(Message::seq)
        .hasSize((int) (log.newest().seq() - first + 1))
        .startsWith(first);
  }

  @Test
  void keepsTheNewestOfARoom() throws IOException {
    reopen(new Retention(10, 0, Duration.ZERO, 0, 0));
    Heard small = follow(newLog());
    small.log.append(burst("a", "1", "2", "3"));
    Heard room = follow(newLog());
    for (int i = 1; i <= 600; i++) {
      room.log.append(posts("" + i, "text " + i));
    }
    room.await(600);
    awaitFirst(room.log, 591);
    assertThat(small.log.first()).isEqualTo(1);

    room.log.append(posts("1", "another", "600", "text 600"));
    room.awaitAgain(1);
    assertThat(room.again).as("ids go with their messages").containsExactly("600 is 600");
    assertThat(room.log.newest().seq()).isEqualTo(601);
  }

  @Test
  void boundsTheBytesOfARoom() throws IOException {
    reopen(new Retention(0, 100_000, Duration.ZERO, 0, 0));
    Heard room = follow(newLog());
    for (int i = 0; i < 100; i++) {
      room.log.append(burst("a", "x".repeat(10_000)));
    }
    room.await(100);

    await().untilAsserted(() -> assertThat(room.log.first()).isBetween(88L, 93L));
  }

  @Test
  void keepsTheNewestOfAllRooms() throws IOException {
    Heard quiet = follow(logs.open("quiet", () -> {}));
    quiet.log.append(burst("a", "1", "2", "3"));
    quiet.await(3);
    reopen(new Retention(0, 0, Duration.ZERO, 100, 0));
    List<String> emptied = new CopyOnWriteArrayList<>();
    Heard still = follow(logs.open("quiet", () -> emptied.add("quiet")));
    Heard busy = follow(logs.open("busy", () -> {}));
    for (int i = 1; i <= 101; i++) {
      busy.log.append(burst("a", "" + i));
    }
    busy.await(101);
    awaitFirst(busy.log, 2);
    await().until(() -> !emptied.isEmpty() && still.log.first() == 4);
    assertThat(still.log.newest().seq()).as("it does not begin anew").isEqualTo(3);

    still.log.append(burst("a", "4"));
    still.await(1);
    assertThat(still.firstSeqs).containsExactly(4L);
  }

  @Test
  void boundsTheSizeOfTheDatabase() throws IOException {
    reopen(new Retention(0, 0, Duration.ZERO, 0, 2_000_000));
    Heard room = follow(newLog());
    for (int i = 0; i < 80; i++) {
      room.log.append(burst("a", "x".repeat(60_000)));
    }
    room.await(80);
    await().until(() -> room.log.first() > 40);

    assertThat(room.log.isEmpty()).isFalse();
  }

  @Test
  void boundsTheAgeOfMessages() throws IOException {
    reopen(new Retention(0, 0, Duration.ofDays(1), 0, 0));
    Heard room = follow(newLog());
    room.log.append(burst("a", "1", "2"));
    room.await(2);
    clock.updateAndGet(now -> now.plus(Duration.ofHours(20)));
    room.log.append(burst("a", "3"));
    room.await(3);
    clock.updateAndGet(now -> now.plus(Duration.ofHours(20)));
    awaitFirst(room.log, 3);

    clock.updateAndGet(now -> now.plus(Duration.ofHours(20)));
    await().until(room.log::isEmpty);
    Position end = room.log.newest();
    assertThat(end.seq()).isEqualTo(3);
    room.log.append(burst("a", "4"));
    room.await(4);
    assertThat(room.log.newest()).isEqualTo(new Position(end.epoch(), 4));
  }

  @Test
  void keepsOneOrderWhileTheClockGoesBackAndForth() throws IOException {
    Heard room = follow(logs.open("tea", () -> {}));
    Random random = new Random(3);
    for (int i = 1; i <= 50; i++) {
      room.log.append(burst("a", "" + i));
      room.await(i);
      clock.updateAndGet(now -> now.plus(Duration.ofHours(random.nextInt(28 * 24) - 14 * 24)));
    }
    reopen();
    RoomLog after = logs.open("tea", () -> {});

    assertThat(read(after, before(after, 1), 100).messages())
        .extracting(Message::text)
        .isEqualTo(IntStream.rangeClosed(1, 50).mapToObj(i -> "" + i).toList());
  }

  @Test
  void keepsASecondServerOut() {
    assertThatThrownBy(() -> StoredLogs.open(directory, Retention.FOREVER, clock::get))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the data directory %s is in use by another chat-server; stop that one first, or choose"
                + " another directory",
            directory);
  }
}
