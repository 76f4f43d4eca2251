package io.chatroom.server.seed;

import io.chatroom.server.room.Encoding;
import io.chatroom.server.room.Kind;
import io.chatroom.server.room.Laggards;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The kind of seed members: their encoding, and what happens to those that do not keep up. */
public final class SeedKind implements Kind {

  private final SeedEncoding encoding = new SeedEncoding();
  private final BacklogPolicy policy;
  private final Patience patience;
  private final SlowMemberLog log;
  private final Map<EventLoop, LoopBacklog> byLoop = new ConcurrentHashMap<>();

  /**
   * Sets the policy for all seed members of a server.
   *
   * @param policy who pays for slow members
   * @param nowNanos the clock of the event loops, now
   * @param log the log about slow members
   */
  public SeedKind(BacklogPolicy policy, long nowNanos, SlowMemberLog log) {
    this.policy = policy;
    this.patience = new Patience(policy.patience(), nowNanos);
    this.log = log;
  }

  @Override
  public Encoding encoding() {
    return encoding;
  }

  @Override
  public Laggards laggards(Laggards.Host host) {
    LoopBacklog ofLoop =
        byLoop.computeIfAbsent(host.loop(), loop -> new LoopBacklog(policy.memberBytes()));
    return new SlowMembers(host, policy, patience, ofLoop, log);
  }
}
