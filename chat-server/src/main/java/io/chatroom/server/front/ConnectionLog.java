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
 * What is told about connections of all kinds: to the metrics, each of them, and to people.
 *
 * <p>Whatever a stranger wrote is made visible before it gets here into a line, and no stranger
 * decides how long the log gets: rejections are counted instead of written once there are too many
 * of them. Thread-safe.
 */
public final class ConnectionLog {

  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  /** How a connection is about to end, if not in the usual way. */
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
   * @param metrics who counts
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

  /** Somebody went before it was anybody. */
  public void leftUnregistered(Channel channel) {
    ended(channel, Outcome.UNREGISTERED);
  }

  /**
   * A connection has gone; must be called once for each that got a pipeline.
   *
   * @param usually how, unless it is known already
   */
  public void ended(Channel channel, Outcome usually) {
    Outcome outcome = channel.attr(OUTCOME).get();
    metrics.ended(outcome == null ? usually : outcome);
  }

  /** It counts how it began to end, whatever happened after that. */
  public void ends(Channel channel, Outcome outcome) {
    channel.attr(OUTCOME).setIfAbsent(outcome);
  }

  /**
   * Somebody broke the protocol and is closed for it.
   *
   * @param isMember whether what came instead of a header may be a piece of a message
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

  /** Somebody came who is not let in, and whom no handler knows yet. */
  void refused(Channel channel, Outcome how, String why) {
    metrics.ended(how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** The same for somebody who has a pipeline, which will tell when it has gone. */
  public void refusedLate(Channel channel, Outcome how, String why) {
    ends(channel, how);
    refusals.info(() -> PeerAddress.withPort(channel) + " refused: " + why);
  }

  /** Somebody is closed because all hold too much together, and it costs most. */
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

  /** Nobody is there any more, but nobody said goodbye. */
  void vanished(Channel channel, Duration after) {
    ends(channel, Outcome.VANISHED);
    rejections.info(
        () ->
            PeerAddress.withPort(channel)
                + " vanished: nothing came from it for "
                + after.toSeconds()
                + " s");
  }

  /** A connection broke, as connections do. */
  void broken(Channel channel, Throwable cause) {
    ends(channel, Outcome.BROKEN);
    log.debug("{} broke: {}", channel, cause.toString());
  }

  /**
   * Something that should not happen happened, on one connection; it is our fault, so the log gets
   * all of it.
   */
  public void failed(Channel channel, Throwable cause) {
    ends(channel, Outcome.FAILED);
    failed(() -> PeerAddress.withPort(channel) + " closed after an internal error", cause);
  }

  /** Something that should not happen happened, on no connection. */
  void failed(Throwable cause) {
    failed(() -> "internal error", cause);
  }

  private void failed(Supplier<String> line, Throwable cause) {
    // That memory is used up may be the last line of all, and must not be one too many.
    BoundedLog errors = cause instanceof OutOfMemoryError ? shortages : troubles;
    errors.error(line, cause);
  }

  /** Somebody could not come in. */
  void notAccepted(Throwable cause) {
    troubles.info(
        () ->
            "cannot accept a connection for now, most likely as too many files are open:"
                + " raise their limit (ulimit -n) or lower maxConnections");
    log.debug("not accepted", cause);
  }
}
