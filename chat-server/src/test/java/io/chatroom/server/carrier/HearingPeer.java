package io.chatroom.server.carrier;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A participant of {@link HearingLawsTest}: a client, a bot or an impostor. */
final class HearingPeer {

  private final String name;
  private final @Nullable String token;
  private final @Nullable List<String> rooms;
  private final boolean writes;
  private final boolean isImpostor;
  private final boolean isOwner;

  private @Nullable JsonPeer line;

  private final Set<String> in = new HashSet<>();
  private final Set<String> inBefore = new HashSet<>();
  private final Set<String> askedFor = new HashSet<>();
  private final Set<String> leftNow = new HashSet<>();
  private final Map<String, Integer> posted = new HashMap<>();
  private final Map<String, Long> newest = new HashMap<>();
  private boolean wasConnected;
  private boolean hasEnded;
  private int judged;
  private int asked;

  private HearingPeer(
      String name,
      @Nullable String token,
      @Nullable List<String> rooms,
      boolean writes,
      boolean isImpostor,
      boolean isOwner) {
    this.name = name;
    this.token = token;
    this.rooms = rooms;
    this.writes = writes;
    this.isImpostor = isImpostor;
    this.isOwner = isOwner;
  }

  static HearingPeer owner(String name, String token) {
    return new HearingPeer(name, token, null, true, false, true);
  }

  static HearingPeer guest(String name) {
    return new HearingPeer(name, null, null, true, false, false);
  }

  /**
   * A bot.
   *
   * @param name its owner's
   */
  static HearingPeer bot(String name, String token, boolean writes, List<String> rooms) {
    return new HearingPeer(name, token, rooms, writes, false, true);
  }

  /** A client that must not be admitted. */
  static HearingPeer impostor(String name, @Nullable String token) {
    return new HearingPeer(name, token, null, false, true, false);
  }

  String name() {
    return name;
  }

  boolean isImpostor() {
    return isImpostor;
  }

  boolean isOwner() {
    return isOwner;
  }

  /** The rooms of a bot; null if it is none. */
  @Nullable List<String> rooms() {
    return rooms;
  }

  boolean mayRead(String room) {
    return rooms == null || rooms.contains(room);
  }

  boolean mayWrite(String room) {
    return writes && mayRead(room);
  }

  /** True for the peer that learns first of changed permissions. */
  boolean isWitness() {
    return name.equals(HearingModel.OP) && rooms == null;
  }

  /** True if a sequence number arrives for the first time. */
  boolean isNew(String room, long seq) {
    if (newest.getOrDefault(room, 0L) >= seq) {
      return false;
    }
    newest.put(room, seq);
    return true;
  }

  // ---- the connection

  boolean isConnected() {
    return line != null;
  }

  void connect(World world, Carriage carriage, List<String> wishes) {
    JsonPeer peer = new JsonPeer(world, carriage);
    line = peer;
    judged = 0;
    StringBuilder joins = new StringBuilder();
    for (String room : wishes) {
      joins.append(joins.isEmpty() ? "" : ",").append("{'room':'").append(room);
      joins.append("','last':50}");
      asks(room);
    }
    peer.say(
        "{'type':'hello','v':2,'name':'%s','client':'%s'%s,'rooms':[%s]}"
            .formatted(name, client(), token == null ? "" : ",'token':'" + token + "'", joins));
  }

  String client() {
    return "%032x".formatted(System.identityHashCode(this) + 0xABCDEF0000000L);
  }

  void say(String json) {
    if (line != null) {
      line.say(json);
    }
  }

  String newQ() {
    return "q" + asked++;
  }

  /** Posts a text of the model. */
  void post(String room, String text) {
    String id = client().substring(20) + "-" + asked++;
    posted.put(id, Integer.valueOf(text.substring(1, text.indexOf('»'))));
    say("{'type':'post','id':'%s','room':'%s','text':'%s'}".formatted(id, room, text));
  }

  /** The text that it posted under an id. */
  Integer posted(String id) {
    return posted.getOrDefault(id, -1);
  }

  /** Notes a requested join. */
  void asks(String room) {
    askedFor.add(room);
  }

  void cut() {
    if (line != null) {
      line.line.cut();
      ends();
    }
  }

  // ---- rounds

  void begin() {
    wasConnected = line != null;
    inBefore.clear();
    inBefore.addAll(in);
    askedFor.clear();
    leftNow.clear();
    hasEnded = false;
  }

  /** The objects received since the last call. */
  List<String> hear() {
    if (line == null) {
      return List.of();
    }
    line.hear();
    List<String> all = List.copyOf(line.objects.subList(judged, line.objects.size()));
    judged = line.objects.size();
    return all;
  }

  void joined(String room) {
    in.add(room);
  }

  void left(String room) {
    in.remove(room);
    leftNow.add(room);
  }

  void ends() {
    line = null;
    in.clear();
    hasEnded = true;
  }

  /** True if it was in a room at the start of the round, and so may receive its messages. */
  boolean wasIn(String room) {
    return inBefore.contains(room);
  }

  boolean mayHaveBeenIn(String room) {
    return in.contains(room) || inBefore.contains(room) || leftNow.contains(room);
  }

  boolean hasAskedFor(String room) {
    return askedFor.contains(room);
  }

  /**
   * True if it was notified of a kick, or was not there.
   *
   * @param room {@code "null"} for the whole server
   */
  boolean wasPutOut(String room) {
    return room.equals("null")
        ? !wasConnected || hasEnded
        : !wasIn(room) || hasEnded || leftNow.contains(room);
  }

  @Override
  public String toString() {
    return name + (rooms == null ? "" : ", a bot") + (isOwner ? "" : ", a guest");
  }
}
