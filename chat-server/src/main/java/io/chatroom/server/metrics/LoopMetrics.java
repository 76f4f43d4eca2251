package io.chatroom.server.metrics;

/**
 * What one event loop tells of its part of the room. Called from that loop's thread only, at most a
 * few times for each burst and never for each delivery: counting costs a few nanoseconds, but a
 * delivery costs not many more.
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

  /** Its members have said something, and it stands in the room's order now. */
  void burst(int messages, int bytes);

  /** All its members together were given so much. */
  void delivered(long messages, long bytes);

  /** So many messages will not reach a member each, because it did not read. */
  void skipped(long messages);

  /**
   * More of its members do not keep up from here on, or fewer where a number is negative.
   *
   * @param behind for whom everything is kept that they have not got
   * @param lagging who misses messages
   */
  void slow(int behind, int lagging);

  /** A task that was due ran so much later. */
  void lag(long nanos);
}
