package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.logging.BoundedLog;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.Channel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log about seed members: the lines for all members, and those about slow ones. */
public final class SeedLog implements SlowMemberLog {

  private static final Logger log = LoggerFactory.getLogger(SeedLog.class);

  private final MemberLog members;
  private final BoundedLog slowMembers;

  /**
   * @param connections the log about connections of all kinds
   * @param transcript whether messages are logged too
   * @param metrics the counters
   */
  public SeedLog(ConnectionLog connections, boolean transcript, Metrics metrics) {
    this.members = new MemberLog(log, "arrivals and departures", connections, transcript, metrics);
    this.slowMembers =
        new BoundedLog(
            log, "slow members", 20, Duration.ofSeconds(10), GlobalEventExecutor.INSTANCE);
  }

  /** The log about connections of all kinds. */
  ConnectionLog connections() {
    return members.connections();
  }

  void registered(Channel channel, String name) {
    members.arrived(channel, name);
  }

  void left(Channel channel, String name) {
    members.left(channel, name);
  }

  /** Called when a member exceeds its rate and reading from it is delayed. */
  void delayed(long nanos) {
    members.delayed(nanos);
  }

  /** Decodes the message only if there is a transcript. */
  void said(Channel channel, String name, Frame message) {
    if (members.hasTranscript()) {
      members.said(channel, name, message.text());
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
    connections().ends(member, Outcome.SLOW);
    slowMembers.info(() -> PeerAddress.withPort(member) + " closed: " + why);
  }
}
