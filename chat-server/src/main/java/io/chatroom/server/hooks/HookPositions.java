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
  private static final int PAGE = 1_000;
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
    String after = "";
    List<Fact> page;
    do {
      page = facts.read(KIND, after, PAGE);
      for (Fact fact : page) {
        opened.positions.put(fact.key(), position(fact));
        after = fact.key();
      }
    } while (!page.isEmpty());
    return opened;
  }

  private static Position position(Fact fact) throws IOException {
    try {
      JsonNode value = JSON.readTree(fact.value() == null ? "" : fact.value());
      return new Position(value.path("epoch").asString(), value.path("seq").asLong());
    } catch (JacksonException e) {
      throw new IOException("what is kept of a hook cannot be read: " + fact.value(), e);
    }
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
      facts.change(changes).toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException trouble ? trouble : new IOException(e.getCause());
    }
  }
}
