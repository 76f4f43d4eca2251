package io.chatroom.server.hooks;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.Position;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** How far each hook has come, also over a restart. Thread-safe. */
final class HookPositions {

  private static final String KIND = "hook";
  private static final JsonMapper JSON = new JsonMapper();

  private final Facts facts;
  private final Map<String, Position> positions = new ConcurrentHashMap<>();

  private HookPositions(Facts facts) {
    this.facts = facts;
  }

  /**
   * Reads them.
   *
   * @throws IOException if that cannot be; the message is one sentence for people
   */
  static HookPositions open(Facts facts) throws IOException {
    HookPositions opened = new HookPositions(facts);
    try {
      facts.follow(KIND, opened::told);
    } catch (JacksonException e) {
      throw new IOException("what is kept of hooks cannot be read: " + e.getOriginalMessage(), e);
    }
    return opened;
  }

  /** One has come so far, before this server began or on another one. */
  private void told(Fact fact) {
    String value = fact.value();
    if (value == null) {
      positions.remove(fact.key());
      return;
    }
    JsonNode position = JSON.readTree(value);
    positions.merge(
        fact.key(),
        new Position(position.path("epoch").asString(), position.path("seq").asLong()),
        HookPositions::further);
  }

  /** What another server did before may be told after what this one did since. */
  private static Position further(Position here, Position told) {
    return here.epoch().equals(told.epoch()) && here.seq() > told.seq() ? here : told;
  }

  /** Null if it has none yet. */
  @Nullable Position of(Hook hook) {
    return positions.get(hook.key());
  }

  /** It has come so far. Blocks until that is safe, or cannot be. */
  void put(Hook hook, Position position) throws InterruptedException, IOException {
    positions.put(hook.key(), position);
    ObjectNode value = JSON.createObjectNode();
    value.put("epoch", position.epoch());
    value.put("seq", position.seq());
    change(List.of(new Fact(KIND, hook.key(), value.toString())));
  }

  /**
   * All others are no more: with the same room and URL they would begin anew.
   *
   * @param keys of the hooks that there are
   */
  void keepOnly(Set<String> keys) throws InterruptedException, IOException {
    List<Fact> gone =
        positions.keySet().stream()
            .filter(key -> !keys.contains(key))
            .map(key -> Fact.gone(KIND, key))
            .toList();
    positions.keySet().retainAll(keys);
    if (!gone.isEmpty()) {
      change(gone);
    }
  }

  private void change(List<Fact> changes) throws InterruptedException, IOException {
    try {
      facts.put(changes).toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException trouble ? trouble : new IOException(e.getCause());
    }
  }
}
