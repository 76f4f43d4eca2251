package io.chatroom.server.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.LogCapture;
import io.netty.channel.epoll.Epoll;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The laws of SESSIONS.md (S-50 to S-56, and S-65) hold in random conversations with a whole
 * server. A subclass chooses the transport. {@code -Dlaws.server.runs=N} runs more; each run is a
 * separate test, so that many runs exceed no timeout.
 */
abstract class ServerLaws {

  private static final int LONGEST = 20_000;

  /**
   * The transport.
   *
   * @param random for the choices of a carriage
   */
  abstract Carriage carriage(Random random);

  /** Additional options of the server. */
  Map<String, String> options() {
    return Map.of();
  }

  /** Number of messages that a room keeps. */
  int history(long seed) {
    return new int[] {3, 100, 100_000}[new Random(seed).nextInt(3)];
  }

  static boolean hasEpoll() {
    return Epoll.isAvailable();
  }

  static LongStream seeds() {
    return LongStream.range(0, Integer.getInteger("laws.server.runs", 2));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  @EnabledIf("hasEpoll")
  void holdOnEpoll(long seed) {
    run("epoll", seed);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void holdOnNio(long seed) {
    run("nio", seed);
  }

  private void run(String transport, long seed) {
    int history = history(seed);
    Map<String, String> options = new HashMap<>(options());
    options.put("transport", transport);
    options.put("eventLoops", "2");
    options.put("historyMessages", "" + history);
    options.put("maxMessageBytes", "" + LONGEST);
    try (LogCapture log = new LogCapture();
        TcpWorld world = new TcpWorld(options)) {
      Map<String, String> tokens = new HashMap<>();
      LawRun.OWNED.forEach(name -> tokens.put(name, claim(world, name)));
      new LawRun(
              seed,
              world,
              carriage(new Random(seed)),
              history,
              LONGEST,
              LawRun.OWNED,
              name -> tokens.getOrDefault(name, ""))
          .run(1_500);
      assertThat(log.errors()).isEmpty();
    }
  }

  /** Claims a name; returns the token. */
  private static String claim(TcpWorld world, String name) {
    JsonPeer peer = new JsonPeer(world, name, "hall");
    peer.say("{'type':'claim','q':'c'}");
    peer.await(world, "'owned','q':'c'");
    String token = peer.last("\"token\"").replaceFirst(".*\"token\":\"([^\"]*)\".*", "$1");
    peer.line.cut();
    return token;
  }
}
