package io.chatroom.server.metrics;

import io.chatroom.protocol.Violation;

/**
 * What happens in a server, told to whoever counts it. An implementation is thread-safe, never
 * throws and never blocks.
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

  /** For one more event loop. */
  LoopMetrics ofLoop();

  /** Somebody has said its name. */
  void joined();

  /** A connection has ended. */
  void ended(Outcome outcome);

  /** Somebody broke the protocol. */
  void violation(Violation violation);

  /** A member is not read from for so long, because it says too much. */
  void delayed(long nanos);

  /** A request of HTTP was answered with this status. */
  void requested(RequestKind kind, int status);
}
