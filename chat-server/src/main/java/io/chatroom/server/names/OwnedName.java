package io.chatroom.server.names;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.facts.Fact;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An owned name. Immutable.
 *
 * @param owner its owner, with its spelling
 * @param since when it was claimed, in milliseconds since 1970
 * @param tokens the tokens that prove the ownership, the oldest first
 * @param claimant the client that claimed it, which may not have received its token; null once a
 *     token was used
 */
record OwnedName(Owner owner, long since, List<Token> tokens, @Nullable Hash claimant) {

  /** The token of one device. Days are counted from 1970, UTC. */
  record Token(Hash hash, long made, long used) {}

  /** The kind of the facts. */
  static final String KIND = "owner";

  /** The most tokens; beyond that the one unused for the longest time is deleted. */
  static final int MOST_TOKENS = 16;

  private static final JsonMapper JSON = new JsonMapper();

  OwnedName {
    tokens = List.copyOf(tokens);
  }

  /** Adds the token of another device. */
  OwnedName with(Hash token, long today) {
    List<Token> more = new ArrayList<>(tokens);
    if (more.size() == MOST_TOKENS) {
      more.remove(more.stream().min(Comparator.comparing(Token::used)).orElseThrow());
    }
    more.add(new Token(token, today, today));
    return new OwnedName(owner, since, more, claimant);
  }

  /** Restores tokens that a later one has displaced, if there is space. */
  OwnedName withThoseGoneFrom(OwnedName before, OwnedName after) {
    List<Token> all = new ArrayList<>(tokens);
    for (Token one : before.tokens) {
      if (all.size() < MOST_TOKENS && after.find(one.hash) == null && find(one.hash) == null) {
        all.add(one);
      }
    }
    all.sort(Comparator.comparing(Token::made)); // the oldest first
    return new OwnedName(owner, since, all, claimant);
  }

  /** Removes the token of a device. */
  OwnedName without(Hash token) {
    return new OwnedName(
        owner, since, tokens.stream().filter(one -> !one.hash.equals(token)).toList(), claimant);
  }

  /** Records the use of a token, which has therefore reached its device. */
  OwnedName used(Hash token, long today) {
    List<Token> all =
        tokens.stream()
            .map(one -> one.hash.equals(token) ? new Token(one.hash, one.made, today) : one)
            .toList();
    return new OwnedName(owner, since, all, null);
  }

  /** Returns true if a client has claimed it, but may not have received its token. */
  boolean waitsFor(@Nullable String client) {
    return client != null && claimant != null && claimant.equals(Secret.hash(client));
  }

  /** Compares always the same number of tokens, to take constant time. */
  @Nullable Token find(Hash token) {
    Token found = null;
    for (int i = 0; i < MOST_TOKENS; i++) {
      Token one = tokens.get(Math.min(i, tokens.size() - 1));
      if (one.hash.equals(token)) {
        found = one;
      }
    }
    return found;
  }

  /** The day of its last use. */
  long lastUsed() {
    return newest().used;
  }

  /** The token that was used last. */
  Token newest() {
    return tokens.stream().max(Comparator.comparing(Token::used)).orElseThrow();
  }

  Fact asFact() {
    ObjectNode value = JSON.createObjectNode();
    value.put("id", owner.id());
    value.put("name", owner.name());
    value.put("since", since);
    ArrayNode all = value.putArray("tokens");
    for (Token token : tokens) {
      ObjectNode one = all.addObject();
      one.put("sha256", token.hash.hex());
      one.put("made", token.made);
      one.put("used", token.used);
    }
    if (claimant != null) {
      value.put("claimant", claimant.hex());
    }
    return new Fact(KIND, Looks.keyOf(owner.name()), value.toString());
  }

  /**
   * Reads a stored name.
   *
   * @throws IllegalArgumentException if the fact is malformed; the message is one sentence for
   *     people
   */
  static OwnedName of(Fact fact) {
    try {
      JsonNode value = JSON.readTree(Objects.requireNonNullElse(fact.value(), ""));
      List<Token> tokens = new ArrayList<>();
      for (JsonNode one : value.path("tokens")) {
        tokens.add(
            new Token(
                Hash.of(one.path("sha256").asString()),
                one.path("made").asLong(),
                one.path("used").asLong()));
      }
      JsonNode claimant = value.path("claimant");
      if (!tokens.isEmpty() && value.path("name").isString()) {
        return new OwnedName(
            new Owner(value.path("id").asString(), value.path("name").asString()),
            value.path("since").asLong(),
            tokens,
            claimant.isString() ? Hash.of(claimant.asString()) : null);
      }
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IllegalArgumentException(damaged(fact), e);
    }
    throw new IllegalArgumentException(damaged(fact));
  }

  private static String damaged(Fact fact) {
    return "the stored record of the owned name "
        + VisibleText.of(fact.key())
        + " is damaged; free it with chat-server name free";
  }
}
