package io.chatroom.server.carrier;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.Position;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a client's program keeps from one connection to the next. */
final class LawClient {

  final String name;
  final Identity identity;

  /** Those it wants to be in. */
  final Set<String> rooms = new HashSet<>();

  /** How far it has heard them. */
  final Map<String, Position> heard = new HashMap<>();

  final Map<String, FromClient.Post> unanswered = new LinkedHashMap<>();

  /** What all programs of one client have in common. */
  static final class Identity {

    final String secret;
    final List<FromClient.Post> posted = new ArrayList<>();

    Identity(String secret) {
      this.secret = secret;
    }
  }

  LawClient(String name, Identity identity) {
    this.name = name;
    this.identity = identity;
  }
}
