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

/** The stored position of each hook. Thread-safe. */
final class HookPositions {

  private static final String KIND = "hook";
  private static final JsonMapper JSON = new JsonMapper();

  private final Facts facts;
  private final Map<String, Position> positions = new ConcurrentHashMap<>();

  private HookPositions(Facts facts) {
    this.facts = facts;
  }

  /**
   * Reads the stored positions.
   *
   * @throws IOException if that fails; the message is one sentence for people
   */
  static HookPositions open(Facts facts) throws IOException {
    HookPositions opened = new HookPositions(facts);
    try {
      facts.follow(KIND, opened::apply);
    } catch (JacksonException e) {
      throw new IOException(
          "the stored positions of hooks cannot be read: " + e.getOriginalMessage(), e);
    }
    return opened;
  }

  /** Adds a stored position, or one that another server has moved. */
  private void apply(Fact fact) {
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

  /**
   * The further of two positions, as an older change of another server can arrive after a newer one
   * of this server.
   */
  private static Position further(Position here, Position received) {
    return here.epoch().equals(received.epoch()) && here.seq() > received.seq() ? here : received;
  }

  /** The position of a hook; null if it has none yet. */
  @Nullable Position of(Hook hook) {
    return positions.get(hook.key());
  }

  /** Moves the position of a hook. Blocks until it is stored, or that has failed. */
  void put(Hook hook, Position position) throws InterruptedException, IOException {
    positions.put(hook.key(), position);
    ObjectNode value = JSON.createObjectNode();
    value.put("epoch", position.epoch());
    value.put("seq", position.seq());
    change(List.of(new Fact(KIND, hook.key(), value.toString())));
  }

  /**
   * Deletes the positions of all other hooks; a hook that is added again starts at the end.
   *
   * @param keys the keys of the present hooks
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
