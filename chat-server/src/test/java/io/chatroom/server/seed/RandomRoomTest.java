package io.chatroom.server.seed;

import static io.chatroom.server.seed.Loops.bytes;
import static io.chatroom.server.seed.Loops.say;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One room under random events. */
class RandomRoomTest {

  /**
   * Random joins, leaves, messages and stuck members, and loops that run in any order. An observer
   * that is there from the start and never stuck receives the room's order. Every member that keeps
   * up receives exactly that from its arrival on, without its own messages. A member that was stuck
   * receives some of it, whole messages in the same order; one that left, the beginning.
   */
  @Test
  void keepsItsBoundsUnderRandomUse() {
    for (int seed = 0; seed < 60; seed++) {
      new Run(seed).run();
    }
  }

  private static final class Run {

    private static final int MEMBERS = 6;

    private final String seed;
    private final Random random;
    private final List<StickyChannel> channels =
        Stream.generate(StickyChannel::new).limit(MEMBERS + 2).toList();
    private final TestRoom room = StickyChannel.room(channels, SlowMember.DROP);
    private final StickyChannel observer = channels.get(MEMBERS);
    private final StickyChannel herald = channels.get(MEMBERS + 1);
    private final SeedMember heraldMember;
    private final SeedMember[] members = new SeedMember[MEMBERS];
    private final boolean[] everStuck = new boolean[MEMBERS];
    private final StringBuilder[] received = new StringBuilder[MEMBERS];
    private final StringBuilder order = new StringBuilder();
    private int said;

    Run(int seed) {
      this.seed = "seed " + seed;
      this.random = new Random(seed);
      observer.join(room, bytes("O"));
      heraldMember = herald.join(room, bytes("Z"));
    }

    void run() {
      for (int i = 0; i < 200; i++) {
        step(random.nextInt(MEMBERS));
        collect();
      }
      channels.forEach(StickyChannel::unstick);
      runAll();
      say(heraldMember, "the end;");
      runAll();
      collect();
      check();
      channels.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private void runAll() {
      for (int round = 0; round < 8; round++) {
        channels.forEach(EmbeddedChannel::runPendingTasks);
      }
    }

    private void step(int i) {
      StickyChannel channel = channels.get(i);
      switch (random.nextInt(12)) {
        case 0, 1 -> join(i);
        case 2 -> {
          if (random.nextInt(10) == 0) {
            channel.close();
          }
        }
        case 3 -> {
          if (random.nextInt(3) == 0) {
            channel.stick();
            everStuck[i] = true;
          }
        }
        case 4 -> channel.unstick();
        case 5 -> {
          channel.advanceTimeBy(StickyChannel.PATIENCE.toMillis() / 2, TimeUnit.MILLISECONDS);
          channel.runScheduledPendingTasks();
        }
        case 6, 7, 8 -> {
          if (members[i] != null && channel.isOpen() && channel.config().isAutoRead()) {
            say(members[i], said++ + (random.nextInt(8) == 0 ? "x".repeat(200_000) : "") + ";");
          }
        }
        case 9 -> channels.get(random.nextInt(channels.size())).runPendingTasks();
        default -> channel.runPendingTasks();
      }
    }

    /** The herald's message comes right after the arrival in the room's order, and marks it. */
    private void join(int i) {
      if (members[i] == null && channels.get(i).isOpen()) {
        members[i] = channels.get(i).join(room, bytes("" + name(i)));
        received[i] = new StringBuilder();
        say(heraldMember, arrival(i) + ";");
        herald.runPendingTasks();
      }
    }

    private void collect() {
      order.append(observer.received().replace("x", ""));
      herald.received();
      for (int i = 0; i < MEMBERS; i++) {
        if (received[i] != null) {
          received[i].append(channels.get(i).received().replace("x", ""));
        }
      }
    }

    private void check() {
      assertThat(channels)
          .as("%s, nobody is paused for ever", seed)
          .allMatch(channel -> !channel.isOpen() || channel.config().isAutoRead());
      List<String> all = List.of(order.toString().split(";"));
      for (int i = 0; i < MEMBERS; i++) {
        if (members[i] == null) {
          continue;
        }
        String own = "" + name(i);
        List<String> due =
            all.subList(all.indexOf("Z" + arrival(i)), all.size()).stream()
                .filter(message -> !message.startsWith(own))
                .toList();
        List<String> got =
            received[i].isEmpty() ? List.of() : List.of(received[i].toString().split(";"));
        if (got.isEmpty()) {
          assertThat(channels.get(i).isOpen()).as("%s, %s hears nothing", seed, own).isFalse();
        } else if (everStuck[i]) {
          if (channels.get(i).isOpen()) {
            assertThat(got).as("%s, %s reads again", seed, own).endsWith("Zthe end");
          }
          assertThat(due).as("%s, %s was stuck", seed, own).containsSubsequence(got);
        } else if (!channels.get(i).isOpen()) {
          assertThat(due).as("%s, %s left", seed, own).startsWith(got.toArray(String[]::new));
        } else {
          assertThat(got).as("%s, %s kept up", seed, own).isEqualTo(due);
        }
      }
    }

    private static char name(int i) {
      return (char) ('A' + i);
    }

    private static String arrival(int i) {
      return name(i) + " is here";
    }
  }
}
