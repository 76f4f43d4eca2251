package io.chatroom.server.log;

/**
 * Reports of durable logs about storing. Called by the storing thread, once for each transaction;
 * returns at once and never throws.
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
   * A transaction was committed.
   *
   * @param messages how many are in it
   * @param nanos how long it took in total
   * @param syncNanos the part of that for syncing to disk
   */
  void stored(int messages, long nanos, long syncNanos);

  /** A transaction failed; its content will be retried. */
  void failed();
}
