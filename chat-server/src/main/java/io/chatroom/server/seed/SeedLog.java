package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.VisibleText;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.logging.BoundedLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.Channel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told about seed members: to the metrics, each of them, and to people, in the words of the
 * seed's console:
 *
 * <pre>
 *   ADDR:PORT, user: NAME          somebody registered
 *   NAME disconnected              somebody left
 *   ADDR---NAME:    MESSAGE        somebody said something; only with a transcript
 * </pre>
 *
 * <p>Whatever a stranger wrote is made visible before it gets here into a line, and no stranger
 * decides how long the log gets: comings and goings are counted instead of written once there are
 * too many of them. A transcript is as long as what is said, and without one no line holds anything
 * of a message. Thread-safe.
 */
public final class SeedLog implements SlowMemberLog {

  private static final Logger log = LoggerFactory.getLogger(SeedLog.class);

  private final ConnectionLog connections;
  private final boolean transcript;
  private final Metrics metrics;
  private final BoundedLog memberships;
  private final BoundedLog slowMembers;

  /**
   * @param connections what is told about connections of all kinds
   * @param transcript whether messages are logged too
   * @param metrics who counts
   */
  public SeedLog(ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.connections = connections;
    this.transcript = transcript;
    this.metrics = metrics;
    Duration window = Duration.ofSeconds(10);
    this.memberships =
        new BoundedLog(log, "arrivals and departures", 2_000, window, GlobalEventExecutor.INSTANCE);
    this.slowMembers =
        new BoundedLog(log, "slow members", 20, window, GlobalEventExecutor.INSTANCE);
  }

  /** What is told about connections of all kinds. */
  ConnectionLog connections() {
    return connections;
  }

  void registered(Channel channel, String name) {
    metrics.joined();
    memberships.info(() -> PeerAddress.withPort(channel) + ", user: " + VisibleText.of(name));
  }

  void left(Channel channel, String name) {
    connections.ended(channel, Outcome.LEFT);
    memberships.info(() -> VisibleText.of(name) + " disconnected");
  }

  /** Somebody is read from later, because it says too much. */
  void delayed(long nanos) {
    metrics.delayed(nanos);
  }

  void said(Channel channel, String name, Frame message) {
    if (transcript) {
      log.info(
          "{}---{}:    {}",
          PeerAddress.withoutPort(channel),
          VisibleText.of(name),
          VisibleText.of(message.text()));
    }
  }

  @Override
  public void lags(Channel member) {
    slowMembers.info(
        () ->
            PeerAddress.withPort(member)
                + " does not keep up: it misses messages until it has read what waits");
  }

  @Override
  public void closesSlowMember(Channel member, String why) {
    connections.ends(member, Outcome.SLOW);
    slowMembers.info(() -> PeerAddress.withPort(member) + " closed: " + why);
  }
}
