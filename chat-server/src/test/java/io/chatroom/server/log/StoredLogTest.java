package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.chatroom.server.log.store.StoreTrouble;
import io.chatroom.server.log.store.StoredLogs;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log in a directory: the contract, and what is there when it is opened again. */
class StoredLogTest extends RefusingLogContract {

  @TempDir Path directory;

  private final AtomicInteger rooms = new AtomicInteger();
  private StoredLogs logs;

  @BeforeEach
  void openStore() throws IOException {
    logs = StoredLogs.open(directory, InstantSource.system());
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
  void isTheSameAfterItsEnd() throws IOException {
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
  void takesAnIdOnceInAllRooms() {
    Heard one = follow(newLog());
    Heard other = follow(newLog());
    one.log.append(posts("1", "hello"));
    one.await(1);
    other.log.append(posts("1", "hello", "2", "x"));
    other.await(1);

    assertThat(other.again).containsExactly("1 is another");
  }

  @Test
  void aRoomThatKeepsNothingBeginsAnew() throws IOException {
    RoomLog unused = logs.open("unused", () -> {});
    String epoch = unused.newest().epoch();
    unused.close();

    assertThat(logs.open("unused", () -> {}).newest().epoch()).isNotEqualTo(epoch);
    reopen();
    assertThat(logs.names()).isEmpty();
  }

  @Test
  void keepsASecondServerOut() {
    assertThatThrownBy(() -> StoredLogs.open(directory, InstantSource.system()))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the data directory %s is in use by another chat-server; stop that one first, or choose"
                + " another directory",
            directory);
  }
}
