package io.chatroom.client.bench;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Members that use the seed's protocol. */
final class SeedCrowd extends Crowd {

  private final Script script;

  /** For the first loop only. */
  private final List<Checker> sampled = new ArrayList<>();

  SeedCrowd(BenchPlan plan) {
    this(plan, Script.of(plan.senders(), plan.messageBytes()));
  }

  private SeedCrowd(BenchPlan plan, Script script) {
    super(plan, script, plan.members() - 1);
    this.script = script;
  }

  @Override
  Newcomer member(int number, Shard shard, Runnable onChange, Consumer<Throwable> onEnd) {
    Member member = new Member(script, rollCall(), tally(number), shard, onChange, onEnd);
    if (number == 0) {
      member.start();
    }
    return new Newcomer(member, member.tally());
  }

  @Override
  void sendFirstFrame(Channel channel, int number, Shard shard) {
    channel.writeAndFlush(script.registration(number), channel.voidPromise());
  }

  private Tally tally(int member) {
    if (!decides(member)) {
      return new ByteCounter(script);
    }
    Checker checker = new Checker(script, ledger(), member);
    if (!isSender(member)) {
      sampled.add(checker);
      waitFor(checker);
    }
    return checker;
  }

  @Override
  long strangerBytes() {
    return sampled.get(0).strangerBytes();
  }

  @Override
  long strangerMessages() {
    return sampled.get(0).strangers();
  }

  /**
   * Compares the sampled receivers with the first one; requires that all have received everything.
   */
  @Override
  Faults orders() {
    long order = sampled.get(0).orderHash();
    long others = sampled.stream().filter(checker -> checker.orderHash() != order).count();
    return new Faults(0, 0, 0, 0, 0, others);
  }

  @Override
  int deliveryBytes() {
    return script.deliveryBytes();
  }
}
