package io.chatroom.server.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.chatroom.server.log.shared.SharedLogs;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.postgres.FaultyProxy;
import io.chatroom.server.postgres.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A log in a shared database: the contract, with one server. */
class SharedLogTest extends ResettingLogContract {

  private final AtomicInteger rooms = new AtomicInteger();
  private final String store = Postgres.shared().newStore();
  private final FaultyProxy proxy = new FaultyProxy(Postgres.shared().port());
  private SharedLogs logs;

  @BeforeEach
  void openStore() throws IOException {
    logs =
        SharedLogs.open(
            Objects.requireNonNull(StoreAddress.parse(Postgres.through(proxy.port(), store))));
  }

  @AfterEach
  void closeStore() {
    logs.close();
    proxy.close();
  }

  @Override
  void fail(RoomLog log) {
    proxy.cut();
  }

  @Override
  void mend(RoomLog log) {
    proxy.mend();
    await().atMost(Duration.ofSeconds(60)).until(() -> !logs.isRefusing());
  }

  @Override
  void reset(RoomLog log) {
    Postgres.shared().execute(store, "UPDATE room SET epoch = 'another'");
  }

  @Override
  RoomLog open() {
    return logs.open("room" + rooms.incrementAndGet(), () -> {});
  }

  @Override
  boolean isKeptElsewhere() {
    return true;
  }

  @Test
  void keepsEveryCharacter() {
    Heard heard = follow(newLog());
    String all = "\0\1\2 a\0b\1c\1\0\0\1" + "\1" + "0\1" + "1\uFFFF\u2028😀\\\"{}',NULL";
    heard.log.append(burst("\0na\1me\\\"", all, "\0", "\1", "NULL", "", "\\"));
    heard.log.append(posts("\0id\1", all, "{\"}", "\0"));
    heard.log.append(posts("\0id\1", all));
    heard.await(8);
    heard.awaitAgain(1);

    assertThat(read(heard.log, before(heard.log, 1), 10).messages())
        .extracting(Message::text)
        .containsExactly(all, "\0", "\1", "NULL", "", "\\", all, "\0");
    assertThat(read(heard.log, before(heard.log, 1), 1).messages())
        .extracting(Message::from)
        .containsExactly("\0na\1me\\\"");
    assertThat(heard.again).containsExactly("\0id\1 is 7");
  }

  @Test
  void servesRecentMessagesWhileTheDatabaseIsAway() {
    Heard heard = follow(newLog());
    heard.log.append(burst("ann", "1", "2"));
    heard.log.append(posts("1", "three"));
    heard.await(3);
    Slice before = read(heard.log, before(heard.log, 2), 10);
    fail(heard.log);

    assertThat(read(heard.log, before(heard.log, 2), 10)).isEqualTo(before);
    assertThat(before.messages()).extracting(Message::text).containsExactly("2", "three");
    assertThat(before.messages()).extracting(Message::atMillis).isSorted();
  }
}
