package io.chatroom.server.metrics;

import io.chatroom.protocol.Violation;

/** Counts the events of a server. Implementations are thread-safe, never throw and never block. */
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

  /** Called when a member has registered. */
  void joined();

  /** Called when a connection has ended. */
  void ended(Outcome outcome);

  /** Called when a peer broke the protocol. */
  void violation(Violation violation);

  /** Called when a member exceeds its rate and reading from it is delayed. */
  void delayed(long nanos);

  /** Called when an HTTP request was answered with this status. */
  void requested(RequestKind kind, int status);
}
