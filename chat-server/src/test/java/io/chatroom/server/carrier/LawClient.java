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

/** The state that a client's program keeps between connections. */
final class LawClient {

  final String name;
  final Identity identity;

  /** The rooms to be in. */
  final Set<String> rooms = new HashSet<>();

  /** Its positions there. */
  final Map<String, Position> heard = new HashMap<>();

  final Map<String, FromClient.Post> unanswered = new LinkedHashMap<>();

  /** The state shared by all programs of one client. */
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
