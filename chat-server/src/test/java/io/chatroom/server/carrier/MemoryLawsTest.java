package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.protocol.Limits;
import io.chatroom.server.LogCapture;
import io.chatroom.server.facts.MemoryFacts;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.People;
import io.chatroom.server.names.ReadMarks;
import io.chatroom.server.names.SomeOwners;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The laws of SESSIONS.md (S-50 to S-56) hold in random conversations, framed alternately as over
 * TCP and as over WebSocket. A run is reproducible by its seed: {@code -Dlaws.seed=N} runs one,
 * {@code -Dlaws.runs=N} runs more.
 */
class MemoryLawsTest {

  private static final int LONGEST = 4_000;

  @Test
  @Timeout(3_600) // it waits for nothing: its runs bound it, on however busy a machine
  void holdWhateverHappens() {
    Long only = Long.getLong("laws.seed");
    int runs = Integer.getInteger("laws.runs", 50);
    for (long seed = only == null ? 0 : only; seed < (only == null ? runs : only + 1); seed++) {
      run(seed, false);
    }
  }

  /** The same if rooms must be loaded first, which sometimes fails. */
  @Test
  @Timeout(3_600)
  void holdWhileRoomsHaveToBeAskedFor() {
    Long only = Long.getLong("laws.seed");
    int runs = Integer.getInteger("laws.runs", 5);
    for (long seed = only == null ? 0 : only; seed < (only == null ? runs : only + 1); seed++) {
      run(seed, true);
    }
  }

  private void run(long seed, boolean asks) {
    Random random = new Random(seed);
    int history = new int[] {0, 3, 20, 100, 100_000}[random.nextInt(5)];
    SomeOwners owners = new SomeOwners(new MemoryFacts());
    Limits limits = new Limits(64, LONGEST);
    try (LogCapture log = new LogCapture();
        MemoryWorld world =
            asks
                ? MemoryWorld.asking(seed, 40, history, limits, people(owners))
                : new MemoryWorld(seed, 40, history, limits, Long.MAX_VALUE, people(owners))) {
      try {
        new LawRun(seed, world, carriage(seed), history, LONGEST, LawRun.OWNED, owners::token)
            .run(300);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", history " + history, e);
      }
      assertThat(log.errors()).as("seed %d", seed).isEmpty();
    }
  }

  private static People people(SomeOwners owners) {
    MemoryFacts facts = new MemoryFacts();
    LawRun.OWNED.forEach(owners::own);
    try {
      return new LawPeople(
          owners.owners(), Blocks.open(facts), ReadMarks.open(facts, Runnable::run));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Carriage carriage(long seed) {
    return seed % 2 == 0 ? new TcpCarriage() : new WebSocketCarriage(new Random(seed));
  }
}
