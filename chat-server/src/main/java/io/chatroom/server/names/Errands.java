package io.chatroom.server.names;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The moderation requests that servers pass to each other. Each running server performs each of
 * them once; they are deleted after ten minutes. Thread-safe.
 */
final class Errands {

  private static final Logger log = LoggerFactory.getLogger(Errands.class);

  /** The time they are kept: a server that is cut off for this long has lost its sessions, too. */
  private static final long KEPT_MILLIS = 600_000;

  private static final int RANDOM_BYTES = 8;

  private final boolean areShared;

  /** The time of each, by key; the oldest first. */
  private final Map<String, Long> kept = new LinkedHashMap<>();

  private volatile boolean isOpen;

  /**
   * @param performer called with each request to perform, on any thread; must return soon
   * @throws IOException if facts cannot be read; the message is one sentence for people
   */
  Errands(Facts facts, Consumer<Errand> performer) throws IOException {
    this.areShared = facts.areShared();
    facts.follow(Errand.KIND, fact -> receive(fact, performer));
    isOpen = true;
  }

  private void receive(Fact fact, Consumer<Errand> performer) {
    if (fact.value() == null) {
      forget(fact.key());
      return;
    }
    try {
      Errand errand = Errand.of(fact);
      boolean isNew = keep(fact.key(), errand.at());
      if (isNew && isOpen) {
        performer.accept(errand);
      }
    } catch (IllegalArgumentException e) {
      log.warn("cannot perform a moderation of another server: {}", e.getMessage());
    }
  }

  /** Remembers a request; returns true if it is new. */
  private synchronized boolean keep(String key, long at) {
    return kept.put(key, at) == null;
  }

  private synchronized void forget(String key) {
    kept.remove(key);
  }

  /** The facts that make other servers perform a request; none without other servers. */
  synchronized List<Fact> facts(Errand errand) {
    if (!areShared) {
      return List.of();
    }
    List<Fact> facts = new ArrayList<>();
    kept.forEach(
        (key, at) -> {
          if (at < errand.at() - KEPT_MILLIS) {
            facts.add(Fact.gone(Errand.KIND, key));
          }
        });
    facts.forEach(gone -> kept.remove(gone.key()));
    String key = errand.at() + " " + HexFormat.of().formatHex(Secret.random(RANDOM_BYTES));
    kept.put(key, errand.at());
    facts.add(errand.asFact(key));
    return facts;
  }
}
