package io.chatroom.server.carrier;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What all who take part in a random conversation share. */
final class LawScene {

  static final List<String> ROOMS = List.of("lobby", "tea", "attic");

  private static final Pattern MARK = Pattern.compile("«(.*?)\\+(.*?)»");

  /** How a failure names the conversation. */
  final String seed;

  final Random random;
  final World world;

  /** How sessions put their objects on the wire. */
  final Carriage carriage;

  final RoomOrders orders;

  /** The names that belong to somebody. */
  final List<String> owned;

  /** What proves it. */
  final UnaryOperator<String> tokens;

  private final int longest;
  private int texts;

  /**
   * @param longest how many bytes a text may have
   * @param owned the names that belong to somebody
   * @param tokens what proves it
   */
  LawScene(
      long seed,
      Random random,
      World world,
      Carriage carriage,
      int longest,
      List<String> owned,
      UnaryOperator<String> tokens) {
    this.seed = "seed " + seed;
    this.random = random;
    this.world = world;
    this.carriage = carriage;
    this.orders = new RoomOrders(this.seed, ROOMS);
    this.longest = longest;
    this.owned = owned;
    this.tokens = tokens;
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
      return text + "x".repeat(longest - 60);
    }
    return kind == 1 ? text + "\u0001".repeat(longest - 60) : text;
  }

  /** A short one that begins like this. */
  String text(String start) {
    return start + texts++;
  }

  // ---- private rooms

  static boolean isPrivate(String room) {
    return room.startsWith("@");
  }

  /** Any room that somebody of this name may be in. */
  String room(String name) {
    int among = ROOMS.size() + (owned.contains(name) ? owned.size() : 0);
    int which = random.nextInt(among);
    return which < ROOMS.size() ? ROOMS.get(which) : "@" + owned.get(which - ROOMS.size());
  }

  /**
   * What the model calls a room: a private one has two names, and begins anew where nobody is in it
   * and nothing is kept.
   */
  static String model(String name, String room, String epoch) {
    return isPrivate(room) ? "@" + pair(name, room) + "#" + epoch : room;
  }

  private static String pair(String name, String room) {
    return Stream.of(name, room.substring(1)).sorted().collect(Collectors.joining("+"));
  }

  /** Stands in every text of a private room, to be found wherever that text comes. */
  static String mark(String name, String room) {
    return isPrivate(room) ? "«" + pair(name, room) + "»" : "";
  }

  /** Whether somebody of this name may hear all texts of private rooms that stand here. */
  static boolean mayHear(String name, String json) {
    return MARK.matcher(json)
        .results()
        .allMatch(mark -> mark.group(1).equals(name) || mark.group(2).equals(name));
  }
}
