package io.chatroom.server.log;

import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;

/** The log that tests of rooms use for failures keeps the contract, too. */
class FaultyLogTest extends ResettingLogContract {

  private final FaultyLogs logs =
      new FaultyLogs(new MemoryLogs(1_000, 10_000_000, InstantSource.system()));

  @AfterEach
  void closeAll() {
    logs.close();
  }

  @Override
  RoomLog open() {
    return logs.open("room", () -> {});
  }

  @Override
  void fail(RoomLog log) {
    ((FaultyLog) log).fail(Refusal.FULL);
  }

  @Override
  void mend(RoomLog log) {
    ((FaultyLog) log).mend();
  }

  @Override
  void reset(RoomLog log) {
    ((FaultyLog) log).reset();
  }
}
