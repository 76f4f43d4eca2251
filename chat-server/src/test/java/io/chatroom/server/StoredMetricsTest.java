package io.chatroom.server;

import static io.chatroom.server.AdminTest.awaitMetric;
import static io.chatroom.server.AdminTest.metric;
import static io.chatroom.server.TestPeer.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.chatroom.server.config.ServerConfig;
import io.chatroom.server.log.store.StoreImport;
import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server with a data directory counts of storing and finding. */
class StoredMetricsTest {

  private static final long MONDAY = 1_790_000_000;

  /** What a message of two bytes by alice takes while it waits: two frames, and 64 bytes. */
  private static final int WAITING_BYTES = 10 + 5 + 10 + 2 + 64;

  @TempDir Path data;

  private final List<AutoCloseable> open = new ArrayList<>();
  private LogCapture log;

  @BeforeEach
  void capture() {
    log = new LogCapture();
  }

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
    log.close();
  }

  @Test
  void countsEachTransaction() throws IOException {
    long began = System.currentTimeMillis() / 1_000;
    ChatServer server = start(Map.of());
    assertThat(metric(server, "chat_log_commit_messages_count")).isZero();
    assertThat(metric(server, "chat_log_oldest_timestamp_seconds")).isZero();
    TestPeer bob = member(server, "bob");
    TestPeer alice = TestPeer.join(server, "alice", bob);
    open.add(alice);
    for (int i = 0; i < 9; i++) { // one after the other, so each is a transaction
      alice.send(frame("hi"));
      bob.expect("alice", "hi");
    }

    awaitMetric(server, "chat_log_queue_bytes", 0);
    awaitMetric(server, "chat_log_commit_messages_count", 10);
    awaitMetric(server, "chat_log_commit_messages_sum", 10);
    awaitMetric(server, "chat_log_commit_messages_bucket{le=\"1.0\"}", 10);
    awaitMetric(server, "chat_log_commit_seconds_count", 10);
    awaitMetric(server, "chat_log_fsync_seconds_count", 10);
    assertThat(metric(server, "chat_log_fsync_seconds_sum"))
        .isPositive()
        .isLessThan(metric(server, "chat_log_commit_seconds_sum"));
    assertThat(metric(server, "chat_log_failures_total")).isZero();
    assertThat(metric(server, "chat_log_refusing")).isZero();
    assertThat(metric(server, "chat_log_oldest_timestamp_seconds"))
        .isBetween((double) began, System.currentTimeMillis() / 1_000.0);
    assertThat(metric(server, "chat_log_free_bytes"))
        .isPositive()
        .isLessThanOrEqualTo((double) Files.getFileStore(data).getTotalSpace());
    await()
        .untilAsserted(
            () -> {
              assertThat(metric(server, "chat_search_lag_messages")).isZero();
              assertThat(metric(server, "chat_log_bytes")).isEqualTo(size("log.db"));
              assertThat(metric(server, "chat_search_index_bytes")).isEqualTo(size("search.db"));
            });
    assertThat(size("log.db")).isGreaterThan(10_000);
  }

  /** What waits while the disk fails is one transaction when it does not. */
  @Test
  void countsWhatWaitsAndWhatFails() throws Exception {
    ChatServer server = start(Map.of());
    TestPeer bob = member(server, "bob");
    TestPeer alice = TestPeer.join(server, "alice", bob);
    open.add(alice);
    try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("log.db"));
        Statement statement = holder.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (int i = 0; i < 5; i++) {
        alice.send(frame("hi"));
      }
      await().until(() -> metric(server, "chat_log_failures_total") > 0);
      awaitMetric(server, "chat_log_refusing", 1);
      await()
          .untilAsserted(
              () ->
                  assertThat(metric(server, "chat_log_queue_bytes"))
                      .isCloseTo(5 * WAITING_BYTES, within(5 * 15.0)));
      statement.execute("ROLLBACK");
    }
    for (int i = 0; i < 5; i++) {
      bob.expect("alice", "hi");
    }

    awaitMetric(server, "chat_log_queue_bytes", 0);
    awaitMetric(server, "chat_log_refusing", 0);
    awaitMetric(server, "chat_log_commit_messages_count", 2);
    awaitMetric(server, "chat_log_commit_messages_sum", 6);
    awaitMetric(server, "chat_log_commit_messages_bucket{le=\"3.0\"}", 1);
    awaitMetric(server, "chat_log_commit_messages_bucket{le=\"10.0\"}", 2);
  }

  @Test
  void tellsTheOldestMessageThatItKeeps() throws Exception {
    fill(3);
    assertThat(metric(start(Map.of()), "chat_log_oldest_timestamp_seconds")).isEqualTo(MONDAY + 1);
    open.remove(0).close();
    ChatServer server = start(Map.of("keepMessages", "1"));

    await().until(() -> metric(server, "chat_log_oldest_timestamp_seconds") == MONDAY + 3);
  }

  /** An index that cannot be opened is behind by all there is, and keeps nobody from talking. */
  @Test
  void tellsHowMuchSearchesDoNotFind() throws IOException {
    fill(3);
    Path index = Files.createDirectory(data.resolve("search.db"));
    Path something = Files.createFile(index.resolve("something"));
    ChatServer server = start(Map.of());
    await().until(() -> metric(server, "chat_search_lag_messages") == 3);
    TestPeer bob = member(server, "bob");
    open.add(TestPeer.join(server, "alice", bob));

    Files.delete(something);
    Files.delete(index);
    await().until(() -> metric(server, "chat_search_lag_messages") == 0);
  }

  /** With more patience than usual, as the machine may be busy. */
  private static ConditionFactory await() {
    return Awaitility.await().atMost(Duration.ofSeconds(60));
  }

  private void fill(int messages) throws IOException {
    try (StoreImport store = StoreImport.into(data)) {
      for (int i = 1; i <= messages; i++) {
        long at = (MONDAY + i) * 1_000;
        store.add(new StoredMessage("tea", i, at, "ann", "text", null, null, 0, null, null, false));
      }
      store.finish();
    }
  }

  private double size(String file) throws IOException {
    Path log = data.resolve(file + "-wal");
    return (double) Files.size(data.resolve(file)) + (Files.exists(log) ? Files.size(log) : 0);
  }

  private ChatServer start(Map<String, String> options) throws IOException {
    Map<String, String> all = new HashMap<>(options);
    all.putAll(Map.of("host", "127.0.0.1", "port", "0", "admin", "127.0.0.1:0"));
    all.put("data", data.toString());
    ChatServer server = ChatServer.start(ServerConfig.of(all));
    open.add(server);
    return server;
  }

  /** Somebody who is in the room when this returns. */
  private TestPeer member(ChatServer server, String name) {
    TestPeer peer = TestPeer.connect(server).send(frame(name));
    open.add(peer);
    await().until(() -> metric(server, "chat_members") == 1);
    return peer;
  }
}
