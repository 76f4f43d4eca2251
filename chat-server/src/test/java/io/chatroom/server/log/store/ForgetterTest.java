package io.chatroom.server.log.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retention deletes a few messages at a time, so that senders wait only briefly. */
class ForgetterTest {

  private static final int MESSAGES = 1_000;
  private static final int KEPT = 10;

  /** A keeper of a log that is never used. */
  private record Nobody() implements StoredLog.Keeper {

    @Override
    public void add(StoredLog log, Burst burst) {}

    @Override
    public CompletionStage<Slice> read(StoredLog log, Position after, int limit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void closed(StoredLog log) {}
  }

  @TempDir Path directory;

  @Test
  void deletesAFewMessagesOfARoomAtATime() throws Exception {
    assertThat(steps(new Retention(KEPT, 0, Duration.ZERO, 0, 0)))
        .containsExactly(744L, 488L, 232L, (long) KEPT);
  }

  @Test
  void deletesAFewMessagesOfAllRoomsAtATime() throws Exception {
    assertThat(steps(new Retention(0, 0, Duration.ZERO, KEPT, 0)))
        .containsExactly(744L, 488L, 232L, (long) KEPT);
  }

  /** While entries wait, an excess of a little more than a batch can stay. */
  @Test
  void toleratesAnExcessWhileMessagesWait() throws Exception {
    Retention retention = new Retention(KEPT, 0, Duration.ZERO, 0, 0);
    try (Connection connection = filled()) {
      Forgetter forgetter = new Forgetter(connection, retention);
      forgetter.add(room(connection));
      for (int i = 0; i < 3; i++) {
        assertThat(forgetter.step(false, 0, new ArrayList<>())).isTrue();
      }
      assertThat(forgetter.step(false, 0, new ArrayList<>())).isFalse();
      assertThat(kept(connection)).isBetween((long) KEPT, (long) KEPT + Forgetter.BATCH);
      assertThat(forgetter.step(true, 0, new ArrayList<>())).isTrue();
      assertThat(kept(connection)).isEqualTo(KEPT);
    }
  }

  /** The number of messages after each step of a writer that has nothing else to do. */
  private List<Long> steps(Retention retention) throws SQLException, IOException {
    List<Long> steps = new ArrayList<>();
    try (Connection connection = filled()) {
      Forgetter forgetter = new Forgetter(connection, retention);
      forgetter.add(room(connection));
      while (forgetter.step(true, 0, new ArrayList<>())) {
        steps.add(kept(connection));
      }
    }
    return steps;
  }

  private Connection filled() throws SQLException, IOException {
    try (StoreImport store = StoreImport.into(directory)) {
      for (int i = 1; i <= MESSAGES; i++) {
        store.add(new StoredMessage("tea", i, i, "ann", "text", null, null, 0, null, null, false));
      }
      store.finish();
    }
    return new Sqlite(directory).openToWrite();
  }

  private static StoredLog room(Connection connection) throws SQLException {
    return new StoredLog(StoreState.read(connection).rooms().get(0), new Nobody());
  }

  private static long kept(Connection connection) throws SQLException {
    return Sqlite.number(connection, "SELECT count(*) FROM message");
  }
}
