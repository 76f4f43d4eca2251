package io.chatroom.server.metrics;

/**
 * Counts the events of one event loop. Called from that loop's thread only, at most a few times per
 * burst and never per delivery: counting costs nanoseconds, but so does a delivery.
 */
public interface LoopMetrics {

  /** Counts nothing. */
  LoopMetrics NOOP =
      new LoopMetrics() {
        @Override
        public void burst(int messages, int bytes) {}

        @Override
        public void delivered(long messages, long bytes) {}

        @Override
        public void skipped(long messages) {}

        @Override
        public void slow(int behind, int lagging) {}

        @Override
        public void lag(long nanos) {}
      };

  /**
   * Called when this loop hands a burst to the log of a room. The log has not ordered it yet, and
   * can still refuse it or find repeated posts in it.
   *
   * @param messages number of messages and events that members on this loop posted in the burst
   * @param bytes size of the messages with their authors' names, as one receiver gets them
   */
  void burst(int messages, int bytes);

  /**
   * Called for deliveries to members on this loop.
   *
   * @param messages number of messages, counted once for each member that received them
   * @param bytes their size, counted in the same way
   */
  void delivered(long messages, long bytes);

  /** Called for deliveries that were skipped because members did not read. */
  void skipped(long messages);

  /**
   * Called when the number of slow members has changed, with the differences.
   *
   * @param behind change of the number of members that are catching up, for which everything is
   *     kept
   * @param lagging change of the number of members that miss messages
   */
  void slow(int behind, int lagging);

  /** Called when a task ran this much later than it was due. */
  void lag(long nanos);
}
