package io.chatroom.server.log.store;

import java.sql.SQLException;
import java.sql.Statement;

/** Makes a store fail, and mends it. */
public final class StoreTrouble {

  private static final int TRIES = 1_000_000;

  private StoreTrouble() {}

  /** From here on it cannot be written. */
  public static void fail(StoredLogs logs) {
    run(logs, "PRAGMA query_only = 1");
  }

  /** It can be written. */
  public static void mend(StoredLogs logs) {
    run(logs, "PRAGMA query_only = 0");
  }

  /** From here on it cannot grow, as when its disk is full. */
  public static void fill(StoredLogs logs) {
    run(logs, "PRAGMA max_page_count = 1");
  }

  /** It can grow. */
  public static void makeRoom(StoredLogs logs) {
    run(logs, "PRAGMA max_page_count = 1000000");
  }

  /** Over the very connection that fails, as soon as that has a moment. */
  private static void run(StoredLogs logs, String pragma) {
    for (int i = 0; ; i++) {
      try (Statement statement = logs.connection().createStatement()) {
        statement.execute(pragma);
        return;
      } catch (SQLException e) {
        if (i == TRIES) {
          throw new AssertionError(e);
        }
        Thread.onSpinWait();
      }
    }
  }
}
