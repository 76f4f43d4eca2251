package io.chatroom.client.bench;

import io.chatroom.client.bench.BenchPlan.Sessions;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Members that use sessions, in a room of their own, all on one event loop. */
final class SessionCrowd extends Crowd {

  /** More often than any server requires from silent sessions. */
  private static final int PING_SECONDS = 10;

  private final SessionScript script;
  private final SessionTally.Order order = new SessionTally.Order();
  private final List<SessionMember> members = new ArrayList<>();

  SessionCrowd(BenchPlan plan, Sessions carrier) {
    this(plan, new SessionScript(plan, carrier));
  }

  private SessionCrowd(BenchPlan plan, SessionScript script) {
    super(plan, script, plan.members());
    if (plan.threads() != 1) {
      throw new IllegalArgumentException(plan.threads() + " threads, expected 1 with sessions");
    }
    this.script = script;
  }

  @Override
  Newcomer member(int number, Shard shard, Runnable onChange, Consumer<Throwable> onEnd) {
    boolean sampled = decides(number) && !isSender(number);
    SessionTally tally = new SessionTally(script.stamps(), ledger(), order, number, sampled);
    if (decides(number)) {
      waitFor(tally); // senders as well: they must receive their acks
    }
    SessionMember member =
        new SessionMember(script, tally, shard, rollCall(), number, onChange, onEnd);
    members.add(member);
    return new Newcomer(member, tally);
  }

  @Override
  void sendFirstFrame(Channel channel, int number, Shard shard) {
    channel.writeAndFlush(
        script.isWebSocket() ? script.upgrade() : script.hello(number), channel.voidPromise());
    SessionMember member = channel.pipeline().get(SessionMember.class);
    var pings =
        channel
            .eventLoop()
            .scheduleAtFixedRate(
                () -> {
                  if (member.hasJoined()) {
                    channel.writeAndFlush(script.ping(), channel.voidPromise());
                  }
                },
                PING_SECONDS,
                PING_SECONDS,
                TimeUnit.SECONDS);
    channel.closeFuture().addListener(closed -> pings.cancel(false));
  }

  /** Returns 0, because nobody else knows the room. */
  @Override
  long strangerBytes() {
    return 0;
  }

  @Override
  long strangerMessages() {
    return 0;
  }

  /** Returns none, because each member checks the order itself. */
  @Override
  Faults orders() {
    return Faults.NONE;
  }

  @Override
  int deliveryBytes() {
    return askFirst(() -> members.stream().mapToInt(SessionMember::messageBytes).max().orElse(0));
  }
}
