package io.chatroom.server.log.store;

import java.sql.SQLException;
import java.sql.Statement;

/** Makes a store fail and work again. */
public final class StoreTrouble {

  private static final int TRIES = 1_000_000;

  private StoreTrouble() {}

  /** Makes the store read-only. */
  public static void fail(StoredLogs logs) {
    run(logs, "PRAGMA query_only = 1");
  }

  /** Makes the store writable again. */
  public static void mend(StoredLogs logs) {
    run(logs, "PRAGMA query_only = 0");
  }

  /** Stops the store from growing, as if its disk were full. */
  public static void fill(StoredLogs logs) {
    run(logs, "PRAGMA max_page_count = 1");
  }

  /** Lets the store grow again. */
  public static void makeRoom(StoredLogs logs) {
    run(logs, "PRAGMA max_page_count = 1000000");
  }

  /** Runs on the connection that fails, as soon as that is free. */
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
