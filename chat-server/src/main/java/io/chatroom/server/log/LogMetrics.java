package io.chatroom.server.log;

/**
 * What logs that survive the server tell about the work of making messages safe. Called by the one
 * thread that stores, once a transaction; returns at once and never throws.
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
   * A transaction is safe.
   *
   * @param messages how many are in it
   * @param nanos how long it took in all
   * @param syncNanos the part of that until the disk had it
   */
  void stored(int messages, long nanos, long syncNanos);

  /** A transaction could not be made safe; what is in it will be tried again. */
  void failed();
}
