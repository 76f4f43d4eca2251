package io.chatroom.client.conformance.session;

import static io.chatroom.client.conformance.session.SessionDefect.*;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Owned names and rooms of two. Callers must hold the server's lock. */
final class ReferenceOwners {

  /** Separates the two keys in the internal name of a room of two. */
  private static final String AND = "+";

  private final SessionReference server;

  /** Owned names as they were claimed, by key. */
  private final Map<String, String> names = new HashMap<>();

  private final Set<String> tokens = new HashSet<>();
  private final Map<String, Set<String>> blocked = new HashMap<>();
  private int made;

  ReferenceOwners(SessionReference server) {
    this.server = server;
  }

  /** Returns the key by which names are compared: the part of a skeleton that the kit tries. */
  private static String key(String name) {
    String folded = Normalizer.normalize(name, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    return folded.replace('\u043e', 'o').replaceAll("\\p{Cf}", "");
  }

  boolean looksOwned(String name) {
    return names.containsKey(key(name));
  }

  String nameOf(String name) {
    return names.getOrDefault(key(name), name);
  }

  String claim(String name) {
    names.put(key(name), name);
    return proof(name, "token");
  }

  String code(String name) {
    return proof(name, "code");
  }

  private String proof(String name, String kind) {
    String proof = kind + ++made;
    tokens.add(key(name) + " " + proof);
    return proof;
  }

  /** Returns the error that refuses a name, or null. */
  @Nullable String denies(String name, @Nullable Object token) {
    if (token != null) {
      String proof = key(name) + " " + token;
      boolean isGood = tokens.contains(proof) || (server.has(TAKES_ANY_TOKEN) && looksOwned(name));
      if (String.valueOf(token).startsWith("code") && !server.has(CODES_FOR_EVER)) {
        tokens.remove(proof);
      }
      return isGood ? null : "token-wrong";
    }
    String owned = names.get(key(name));
    if (owned == null) {
      return null;
    }
    boolean same = owned.equals(name);
    boolean lets = server.has(same ? TAKES_OWNED_NAMES : TAKES_LOOK_ALIKES);
    return lets ? null : same ? "name-owned" : "name-looks-alike";
  }

  List<String> block(String name, Json request) {
    Set<String> all = blocked.computeIfAbsent(key(name), each -> new TreeSet<>());
    if (request.get("name") instanceof String other) {
      if (Boolean.FALSE.equals(request.get("on"))) {
        all.remove(other);
      } else {
        all.add(other);
      }
    }
    return List.copyOf(all);
  }

  boolean isBlocked(String room) {
    List<String> two = namesOf(room);
    String first = two.get(0);
    String last = two.get(two.size() - 1);
    return !server.has(BLOCKS_NOBODY)
        && (blocked.getOrDefault(key(first), Set.of()).contains(last)
            || blocked.getOrDefault(key(last), Set.of()).contains(first));
  }

  // Rooms of two

  /**
   * Returns the code that refuses a room to a session, or null, which it is for every room that is
   * not private.
   */
  @Nullable String denies(ReferenceSession session, String room) {
    if (!room.startsWith("@")) {
      return null;
    }
    boolean isNobody = !looksOwned(room.substring(1)) && !server.has(PRIVATE_WITH_NOBODY);
    return !session.isOwned() && !server.has(GUESTS_TALK_IN_PRIVATE)
        ? "forbidden"
        : isNobody ? "no-room" : null;
  }

  /** Returns the internal name of a room. */
  String roomOf(ReferenceSession session, String room) {
    if (!room.startsWith("@")) {
      return room;
    }
    String other = key(room.substring(1));
    return "@" + String.join(AND, new TreeSet<>(Set.copyOf(List.of(key(session.name()), other))));
  }

  List<String> namesOf(String room) {
    List<String> two = new ArrayList<>();
    for (String key : room.substring(1).split("\\+", -1)) {
      two.add(names.getOrDefault(key, key));
    }
    return two;
  }

  boolean isOf(ReferenceSession session, String room) {
    return room.startsWith("@")
        && session.isOwned()
        && (server.has(OWNERS_HEAR_ALL) || namesOf(room).contains(session.name()));
  }

  /** Returns the name of a room that a session sees. */
  String seenBy(ReferenceSession session, String room) {
    if (!room.startsWith("@") || !room.contains(AND)) {
      return room;
    }
    List<String> two = namesOf(room);
    return "@" + two.get(two.get(0).equals(session.name()) ? two.size() - 1 : 0);
  }

  /** Returns an object as a session receives it. */
  Json seenBy(ReferenceSession session, Json object) {
    Json seen = object;
    if (object.get("room") instanceof String room) {
      seen = seen.with("room", seenBy(session, room));
    }
    if (object.get("messages") instanceof List<?> messages) {
      List<Object> all = new ArrayList<>();
      messages.forEach(each -> all.add(each instanceof Json json ? seenBy(session, json) : each));
      seen = seen.with("messages", all);
    }
    return seen;
  }
}
