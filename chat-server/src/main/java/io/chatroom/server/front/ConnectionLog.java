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
 * Reports connections of all kinds: every one to the metrics, and log lines for people.
 *
 * <p>Text of strangers is made safe before it reaches a line, and strangers cannot flood the log:
 * too many rejections are counted instead of written. Thread-safe.
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
  private final BoundedLog troubles;
  private final BoundedLog shortages;

  /**
   * @param transcript whether a line may hold something of a message
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
    this.troubles = new BoundedLog(log, "troubles", 20, window, GlobalEventExecutor.INSTANCE);
    this.shortages =
        new BoundedLog(log, "shortages of memory", 1, window, GlobalEventExecutor.INSTANCE);
  }

  /** A connection ended before it registered. */
  public void leftUnregistered(Channel channel) {
    ended(channel, Outcome.UNREGISTERED);
  }

  /**
   * A connection has ended; must be called once for each that got a pipeline.
   *
   * @param usually its outcome, unless another one is known already
   */
  public void ended(Channel channel, Outcome usually) {
    Outcome outcome = channel.attr(OUTCOME).get();
    metrics.ended(outcome == null ? usually : outcome);
  }

  /** The first outcome counts, whatever happens after it. */
  public void ends(Channel channel, Outcome outcome) {
    channel.attr(OUTCOME).setIfAbsent(outcome);
  }

  /**
   * A peer broke the protocol and is closed for it.
   *
   * @param isMember whether the bytes in place of a header may be part of a message
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
                    : "what came is shown with a transcript only, expected "
                        + violation.violation().expected()));
  }

  /** A new connection is refused, before any handler knows it. */
  void refused(Channel channel, Outcome how, String why) {
    metrics.ended(how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** The same for a connection with a pipeline, which will report its end. */
  public void refusedLate(Channel channel, Outcome how, String why) {
    ends(channel, how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** A connection is closed because all together hold too much memory, and it costs the most. */
  void unaffordable(Channel channel, int heldBytes, long bound) {
    ends(channel, Outcome.MEMORY);
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " closed: unfinished frames hold more than "
                + bound
                + " bytes in all (maxWaitingBytes), "
                + heldBytes
                + " of them are its");
  }

  /** A peer has vanished without closing its connection. */
  void vanished(Channel channel, Duration after) {
    ends(channel, Outcome.VANISHED);
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " vanished: nothing came from it for "
                + after.toSeconds()
                + " s");
  }

  /** A connection was broken by its peer or the network. */
  void broken(Channel channel, Throwable cause) {
    ends(channel, Outcome.BROKEN);
    log.debug("{} broke: {}", channel, cause.toString());
  }

  /**
   * An unexpected error on one connection, which is a defect of this server; so the log gets all of
   * it.
   */
  public void failed(Channel channel, Throwable cause) {
    ends(channel, Outcome.FAILED);
    failed(() -> PeerAddress.withPort(channel) + " closed after an internal error", cause);
  }

  /** An unexpected error on no particular connection. */
  void failed(Throwable cause) {
    failed(() -> "internal error", cause);
  }

  private void failed(Supplier<String> line, Throwable cause) {
    // A line about exhausted memory may be the last one, and must not be suppressed.
    BoundedLog errors = cause instanceof OutOfMemoryError ? shortages : troubles;
    errors.error(line, cause);
  }

  /** A connection could not be accepted. */
  void notAccepted(Throwable cause) {
    troubles.info(
        () ->
            "cannot accept a connection for now, most likely as too many files are open:"
                + " raise their limit (ulimit -n) or lower maxConnections");
    log.debug("not accepted", cause);
  }
}
