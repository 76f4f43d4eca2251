package io.chatroom.server.carrier;

import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The state shared by all participants of a random conversation. */
final class LawScene {

  static final List<String> ROOMS = List.of("lobby", "tea", "attic");

  private static final Pattern MARK = Pattern.compile("«(.*?)\\+(.*?)»");

  /** The name of the conversation in failures. */
  final String seed;

  final Random random;
  final World world;

  /** The transport of the sessions. */
  final Carriage carriage;

  final RoomOrders orders;

  /** The owned names. */
  final List<String> owned;

  /** Their tokens. */
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

  /** True with a probability of 1 in n. */
  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  /** A unique text. */
  String text() {
    String text = RoomOrders.POSTED_ONCE + texts++ + " é\"";
    int kind = random.nextInt(40);
    if (kind == 0) {
      return text + "x".repeat(longest - 60);
    }
    return kind == 1 ? text + "\u0001".repeat(longest - 60) : text;
  }

  /** A short unique text with this prefix. */
  String text(String start) {
    return start + texts++;
  }

  // ---- private rooms

  static boolean isPrivate(String room) {
    return room.startsWith("@");
  }

  /** A random room that a person with this name can be in. */
  String room(String name) {
    int among = ROOMS.size() + (owned.contains(name) ? owned.size() : 0);
    int which = random.nextInt(among);
    return which < ROOMS.size() ? ROOMS.get(which) : "@" + owned.get(which - ROOMS.size());
  }

  /**
   * The model's name for a room: a private room has two names, and starts anew if it is empty and
   * nothing is stored.
   */
  static String model(String name, String room, String epoch) {
    return isPrivate(room) ? "@" + pair(name, room) + "#" + epoch : room;
  }

  private static String pair(String name, String room) {
    return Stream.of(name, room.substring(1)).sorted().collect(Collectors.joining("+"));
  }

  /** A mark in every text of a private room, to find the text anywhere. */
  static String mark(String name, String room) {
    return isPrivate(room) ? "«" + pair(name, room) + "»" : "";
  }

  /** True if a person with this name may know all private texts in these bytes. */
  static boolean mayHear(String name, String json) {
    return MARK.matcher(json)
        .results()
        .allMatch(mark -> mark.group(1).equals(name) || mark.group(2).equals(name));
  }
}
