package io.chatroom.server.hooks;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.facts.FactsHub;
import io.chatroom.server.log.Position;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The positions of hooks, on servers that take turns. */
class HookPositionsTest {

  private static final String LINE = "Tea http://hooks.example/ 0123456789abcdef0123456789abcdef";

  @Test
  void oneServerContinuesWhereAnotherStopped() throws Exception {
    Hook hook = HookLines.read(LINE).get(0);
    try (FactsHub hub = new FactsHub()) {
      HookPositions here = HookPositions.open(hub.server());
      HookPositions there = HookPositions.open(hub.server());
      here.put(hook, new Position("e", 3));
      hub.settle();
      assertThat(there.of(hook)).isEqualTo(new Position("e", 3));
      there.put(hook, new Position("e", 4));
      here.put(hook, new Position("e", 5)); // both deliver for a moment
      hub.settle();
      assertThat(here.of(hook)).isEqualTo(new Position("e", 5));
      assertThat(there.of(hook)).isEqualTo(new Position("e", 5));
      here.keepOnly(Set.of());
      hub.settle();
      assertThat(there.of(hook)).isNull();
    }
  }
}
