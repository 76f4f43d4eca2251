package io.chatroom.server.connection;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.VisibleText;
import io.chatroom.server.room.RoomLog;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people read about connections, in the words of the seed's console:
 *
 * <pre>
 *   ADDR:PORT, user: NAME          somebody registered
 *   NAME disconnected              somebody left
 *   ADDR---NAME:    MESSAGE        somebody said something; only with a transcript
 * </pre>
 *
 * <p>Whatever a stranger wrote is made visible before it gets here into a line, and no stranger
 * decides how long the log gets: comings, goings and rejections are counted instead of written once
 * there are too many of them. A transcript is as long as what is said. Thread-safe.
 */
public final class ConnectionLog implements RoomLog {

  private static final Logger log = LoggerFactory.getLogger(ConnectionLog.class);

  private final boolean transcript;
  private final BoundedLog memberships;
  private final BoundedLog rejections;
  private final BoundedLog refusals;
  private final BoundedLog troubles;
  private final BoundedLog shortages;
  private final BoundedLog slowMembers;

  /**
   * @param transcript whether messages are logged too
   */
  public ConnectionLog(boolean transcript) {
    this.transcript = transcript;
    Duration window = Duration.ofSeconds(10);
    this.memberships =
        new BoundedLog(log, "arrivals and departures", 2_000, window, GlobalEventExecutor.INSTANCE);
    this.rejections =
        new BoundedLog(log, "rejected connections", 20, window, GlobalEventExecutor.INSTANCE);
    this.refusals =
        new BoundedLog(log, "refused connections", 5, window, GlobalEventExecutor.INSTANCE);
    this.troubles = new BoundedLog(log, "troubles", 20, window, GlobalEventExecutor.INSTANCE);
    this.shortages =
        new BoundedLog(log, "shortages of memory", 1, window, GlobalEventExecutor.INSTANCE);
    this.slowMembers =
        new BoundedLog(log, "slow members", 20, window, GlobalEventExecutor.INSTANCE);
  }

  void registered(Channel channel, String name) {
    memberships.info(() -> peer(channel) + ", user: " + VisibleText.of(name));
  }

  void left(String name) {
    memberships.info(() -> VisibleText.of(name) + " disconnected");
  }

  void said(Channel channel, String name, Frame message) {
    if (transcript) {
      log.info(
          "{}---{}:    {}", address(channel), VisibleText.of(name), VisibleText.of(message.text()));
    }
  }

  /** Somebody broke the protocol and is closed for it. */
  void rejected(Channel channel, ProtocolException violation) {
    rejections.info(
        () ->
            peer(channel)
                + " rejected ("
                + violation.violation().code()
                + "): "
                + violation.getMessage());
  }

  /** Somebody came when there were enough. */
  void refused(Channel channel, String why) {
    refusals.info(() -> peer(channel) + " refused: " + why);
  }

  /** Somebody is closed because all hold too much together, and it costs most. */
  void unaffordable(Channel channel, int heldBytes, long bound) {
    rejections.info(
        () ->
            peer(channel)
                + " closed: unfinished frames hold more than "
                + bound
                + " bytes in all (maxWaitingBytes), "
                + heldBytes
                + " of them are its");
  }

  /** Nobody is there any more, but nobody said goodbye. */
  void vanished(Channel channel, Duration after) {
    rejections.info(
        () -> peer(channel) + " vanished: nothing came from it for " + after.toSeconds() + " s");
  }

  @Override
  public void lags(Channel member) {
    slowMembers.info(
        () -> peer(member) + " does not keep up: it misses messages until it has read what waits");
  }

  @Override
  public void closesSlowMember(Channel member, String why) {
    slowMembers.info(() -> peer(member) + " closed: " + why);
  }

  /** A connection broke, as connections do. */
  void broken(Channel channel, Throwable cause) {
    log.debug("{} broke: {}", channel, cause.toString());
  }

  /**
   * Something that should not happen happened, on one connection; it is our fault, so the log gets
   * all of it.
   */
  void failed(Channel channel, Throwable cause) {
    failed(() -> peer(channel) + " closed after an internal error", cause);
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
            "cannot accept a connection for now: "
                + cause.getMessage()
                + "; if files are too many, raise their limit (ulimit -n)");
  }

  private static String peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? NetUtil.toSocketAddressString(address)
        : "unknown";
  }

  private static String address(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? NetUtil.toAddressString(address.getAddress())
        : "unknown";
  }
}
