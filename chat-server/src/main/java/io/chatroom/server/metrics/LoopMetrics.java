package io.chatroom.server.metrics;

/**
 * Reports of one event loop. Called from that loop's thread only, at most a few times for each
 * burst and never for each delivery: counting costs a few nanoseconds, but a delivery does not cost
 * many more.
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

  /** Messages of its members are in the room's order. */
  void burst(int messages, int bytes);

  /** The number of messages and bytes given to all its members together. */
  void delivered(long messages, long bytes);

  /** A number of deliveries was skipped, because members did not read. */
  void skipped(long messages);

  /**
   * The numbers of slow members have changed by this much; negative if there are fewer.
   *
   * @param behind of members that are catching up, for which everything is kept
   * @param lagging of members that miss messages
   */
  void slow(int behind, int lagging);

  /** A due task ran this much later. */
  void lag(long nanos);
}
