package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.netty.channel.epoll.Epoll;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * The laws of SESSIONS.md (S-50 to S-56, and S-65) hold in random conversations with a whole
 * server. A way in inherits it and says how objects stand on its wire. More of them: {@code
 * -Dlaws.server.runs=N}.
 */
abstract class ServerLaws {

  private static final int LONGEST = 20_000;

  /** How objects stand on the wire. */
  abstract Carriage carriage();

  /** Options of the server beside the usual ones. */
  Map<String, String> options() {
    return Map.of();
  }

  static boolean hasEpoll() {
    return Epoll.isAvailable();
  }

  @Test
  @EnabledIf("hasEpoll")
  void holdOnEpoll() {
    run("epoll");
  }

  @Test
  void holdOnNio() {
    run("nio");
  }

  /** How many runs there are in the build. */
  int usualRuns() {
    return 2;
  }

  /** How many messages a room keeps. */
  int history(long seed) {
    return new int[] {3, 100, 100_000}[new Random(seed).nextInt(3)];
  }

  private void run(String transport) {
    int runs = Integer.getInteger("laws.server.runs", usualRuns());
    for (long seed = 0; seed < runs; seed++) {
      int history = history(seed);
      Map<String, String> options = new HashMap<>(options());
      options.put("transport", transport);
      options.put("eventLoops", "2");
      options.put("historyMessages", "" + history);
      options.put("maxMessageBytes", "" + LONGEST);
      try (LogCapture log = new LogCapture();
          TcpWorld world = new TcpWorld(options)) {
        new LawRun(seed, world, carriage(), history, LONGEST).run(1_500);
        assertThat(log.errors()).as("seed %d", seed).isEmpty();
      }
    }
  }
}
