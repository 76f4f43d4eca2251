package io.chatroom.server.carrier;

import java.util.List;
import java.util.Random;

/** What all who take part in a random conversation share. */
final class LawScene {

  static final List<String> ROOMS = List.of("lobby", "tea", "attic");

  /** How a failure names the conversation. */
  final String seed;

  final Random random;
  final World world;

  /** How sessions put their objects on the wire. */
  final Carriage carriage;

  final RoomOrders orders;
  private final int longest;
  private int texts;

  /**
   * @param longest how many bytes a text may have
   */
  LawScene(long seed, Random random, World world, Carriage carriage, int longest) {
    this.seed = "seed " + seed;
    this.random = random;
    this.world = world;
    this.carriage = carriage;
    this.orders = new RoomOrders(this.seed, ROOMS);
    this.longest = longest;
  }

  /** True once in so many times. */
  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  /** A text that is nowhere else. */
  String text() {
    String text = RoomOrders.POSTED_ONCE + texts++ + " é\"";
    int kind = random.nextInt(40);
    if (kind == 0) {
      return text + "x".repeat(longest - 20);
    }
    return kind == 1 ? text + "\u0001".repeat(longest - 20) : text;
  }

  /** A short one that begins like this. */
  String text(String start) {
    return start + texts++;
  }
}
