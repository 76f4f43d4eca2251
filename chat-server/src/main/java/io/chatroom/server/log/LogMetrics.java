package io.chatroom.server.log;

/**
 * Counts what durable logs store. Called by the storing thread, once for each transaction. Must
 * return at once and must not throw.
 */
public interface LogMetrics {

  /** Counts nothing. */
  LogMetrics NOOP =
      new LogMetrics() {
        @Override
        public void stored(int messages, long nanos, long syncNanos) {}

        @Override
        public void failed() {}
      };

  /**
   * Called when a transaction was committed.
   *
   * @param messages the number of its messages
   * @param nanos its total time
   * @param syncNanos the part of that time for syncing to disk
   */
  void stored(int messages, long nanos, long syncNanos);

  /** Called when a transaction failed. Its content will be retried. */
  void failed();
}
