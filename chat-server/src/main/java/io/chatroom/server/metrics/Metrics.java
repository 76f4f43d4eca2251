package io.chatroom.server.metrics;

import io.chatroom.protocol.Violation;

/**
 * Receives the events of a server, to count them. Implementations are thread-safe, never throw and
 * never block.
 */
public interface Metrics {

  /** Counts nothing. */
  Metrics NOOP =
      new Metrics() {
        @Override
        public LoopMetrics ofLoop() {
          return LoopMetrics.NOOP;
        }

        @Override
        public void joined() {}

        @Override
        public void ended(Outcome outcome) {}

        @Override
        public void violation(Violation violation) {}

        @Override
        public void delayed(long nanos) {}

        @Override
        public void requested(RequestKind kind, int status) {}
      };

  /** The metrics of one more event loop. */
  LoopMetrics ofLoop();

  /** A member has registered. */
  void joined();

  /** A connection has ended. */
  void ended(Outcome outcome);

  /** A peer broke the protocol. */
  void violation(Violation violation);

  /** Reading from a member is delayed by this long, because it exceeds its rate. */
  void delayed(long nanos);

  /** A request of HTTP was answered with this status. */
  void requested(RequestKind kind, int status);
}
