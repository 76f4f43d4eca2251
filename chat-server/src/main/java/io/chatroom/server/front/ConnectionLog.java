package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.logging.BoundedLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports connections of all kinds: counts each in the metrics, and writes log lines for people.
 *
 * <p>Text from strangers is made printable first, and strangers cannot flood the log: above a
 * limit, lines are only counted. Thread-safe.
 */
public final class ConnectionLog {

  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  /** The outcome of a connection that is about to end in an unusual way. */
  private static final AttributeKey<Outcome> OUTCOME =
      AttributeKey.valueOf(ConnectionLog.class, "outcome");

  private final boolean transcript;
  private final Metrics metrics;
  private final BoundedLog rejections;
  private final BoundedLog refusals;
  private final BoundedLog errors;
  private final BoundedLog outOfMemory;

  /**
   * @param transcript true if a line may contain a part of a message
   * @param metrics the counters
   */
  public ConnectionLog(boolean transcript, Metrics metrics) {
    this.transcript = transcript;
    this.metrics = metrics;
    Duration window = Duration.ofSeconds(10);
    this.rejections =
        new BoundedLog(log, "rejected connections", 20, window, GlobalEventExecutor.INSTANCE);
    this.refusals =
        new BoundedLog(log, "refused connections", 5, window, GlobalEventExecutor.INSTANCE);
    this.errors =
        new BoundedLog(log, "errors of connections", 20, window, GlobalEventExecutor.INSTANCE);
    this.outOfMemory =
        new BoundedLog(log, "out-of-memory errors", 1, window, GlobalEventExecutor.INSTANCE);
  }

  /** Records the end of a connection that never registered. */
  public void leftUnregistered(Channel channel) {
    ended(channel, Outcome.UNREGISTERED);
  }

  /**
   * Counts a connection that has ended. Must be called once for each connection with a pipeline.
   *
   * @param usually its outcome, unless {@link #ends} has set another one
   */
  public void ended(Channel channel, Outcome usually) {
    Outcome outcome = channel.attr(OUTCOME).get();
    metrics.ended(outcome == null ? usually : outcome);
  }

  /** Sets the outcome of a connection that is about to end; the first one counts. */
  public void ends(Channel channel, Outcome outcome) {
    channel.attr(OUTCOME).setIfAbsent(outcome);
  }

  /**
   * Records that a connection is closed because its peer has violated the protocol.
   *
   * @param isMember true if the bytes in place of a header may be part of a message
   */
  public void rejected(Channel channel, ProtocolException violation, boolean isMember) {
    ends(channel, Outcome.VIOLATION);
    metrics.violation(violation.violation());
    boolean mayShow =
        transcript || !isMember || violation.violation() != Violation.MALFORMED_HEADER;
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " rejected ("
                + violation.violation().code()
                + "): "
                + (mayShow
                    ? violation.getMessage()
                    : "its bytes are shown with a transcript only, expected "
                        + violation.violation().expected()));
  }

  /** Records the refusal of a new connection, which has no pipeline yet. */
  void refused(Channel channel, Outcome how, String why) {
    metrics.ended(how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** Records the refusal of a connection with a pipeline, which will report its end. */
  public void refusedLate(Channel channel, Outcome how, String why) {
    ends(channel, how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** Records that a connection is closed to free memory, as it holds the most. */
  void unaffordable(Channel channel, int heldBytes, long bound) {
    ends(channel, Outcome.MEMORY);
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " closed: unfinished frames hold more than "
                + bound
                + " bytes in total (maxWaitingBytes), "
                + heldBytes
                + " of them on this connection");
  }

  /** Records that a peer has vanished without closing its connection. */
  void vanished(Channel channel, Duration after) {
    ends(channel, Outcome.VANISHED);
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " vanished: it has sent nothing for "
                + after.toSeconds()
                + " s");
  }

  /** Records that the peer or the network has broken a connection. */
  void broken(Channel channel, Throwable cause) {
    ends(channel, Outcome.BROKEN);
    log.debug("{} broke: {}", channel, cause.toString());
  }

  /**
   * Records an unexpected error on one connection, with its stack trace, as it is a defect of this
   * server.
   */
  public void failed(Channel channel, Throwable cause) {
    ends(channel, Outcome.FAILED);
    failed(() -> PeerAddress.withPort(channel) + " closed after an internal error", cause);
  }

  /** Records an unexpected error that belongs to no connection. */
  void failed(Throwable cause) {
    failed(() -> "internal error", cause);
  }

  private void failed(Supplier<String> line, Throwable cause) {
    // A line about exhausted memory may be the last one, so other errors must not suppress it.
    BoundedLog bounded = cause instanceof OutOfMemoryError ? outOfMemory : errors;
    bounded.error(line, cause);
  }

  /** Records that a connection could not be accepted. */
  void notAccepted(Throwable cause) {
    errors.info(
        () ->
            "cannot accept a connection for now, most likely because too many files are open:"
                + " raise their limit (ulimit -n) or lower maxConnections");
    log.debug("cannot accept a connection", cause);
  }
}
