package io.chatroom.server.log;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Logs in memory. Each keeps the newest messages of its room; all together stay within a memory
 * budget.
 *
 * <p>When the budget is exceeded, the oldest page of all rooms is removed first. So a quiet room
 * keeps its history until newer messages of other rooms need the memory.
 */
public final class MemoryLogs implements RoomLogs {

  private static final int EPOCH_BYTES = 8;

  private final SecureRandom random = new SecureRandom();
  private final int messages;
  private final HistoryBudget budget;
  private final PostIndex posts = new PostIndex();
  private final InstantSource clock;
  private final ThreadPoolExecutor readers;

  /**
   * Creates the logs of one server.
   *
   * @param messages maximum number of messages that a room keeps; 0 keeps none
   * @param bytes memory limit for the messages of all rooms, in bytes
   * @param clock tells the time
   */
  public MemoryLogs(int messages, long bytes, InstantSource clock) {
    this.messages = messages;
    this.budget = new HistoryBudget(bytes);
    this.clock = clock;
    this.readers =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), MemoryLogs::reader);
    readers.allowCoreThreadTimeOut(true); // most servers never read
  }

  private static Thread reader(Runnable task) {
    Thread thread = new Thread(task, "history");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public RoomLog open(String room, Runnable emptied) {
    byte[] epoch = new byte[EPOCH_BYTES];
    random.nextBytes(epoch);
    return new MemoryLog(
        HexFormat.of().formatHex(epoch), messages, budget, posts, clock, readers, emptied);
  }

  /** Memory of all messages in bytes. From any thread. */
  public long bytes() {
    return budget.bytes();
  }

  @Override
  public void close() {
    readers.shutdownNow();
  }
}
