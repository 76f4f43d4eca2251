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
 * What servers have done by each other to keep order. Each is done once by all servers that are
 * there, however often they are told of it, and forgotten soon. Thread-safe.
 */
final class Errands {

  private static final Logger log = LoggerFactory.getLogger(Errands.class);

  /** A server that hears nothing for so long has lost its sessions as well. */
  private static final long KEPT_MILLIS = 600_000;

  private static final int RANDOM_BYTES = 8;

  private final boolean areShared;

  /** By the key, when each was asked for; the oldest first. */
  private final Map<String, Long> kept = new LinkedHashMap<>();

  private volatile boolean isOpen;

  /**
   * @param told gets what this server has to do; called by any thread, must return soon
   * @throws IOException if facts cannot be read; the message is one sentence for people
   */
  Errands(Facts facts, Consumer<Errand> told) throws IOException {
    this.areShared = facts.areShared();
    facts.follow(Errand.KIND, fact -> isTold(fact, told));
    isOpen = true;
  }

  private void isTold(Fact fact, Consumer<Errand> told) {
    if (fact.value() == null) {
      forget(fact.key());
      return;
    }
    try {
      Errand errand = Errand.of(fact);
      boolean isNew = keep(fact.key(), errand.at());
      if (isNew && isOpen) {
        told.accept(errand);
      }
    } catch (IllegalArgumentException e) {
      log.warn("what another server asks for cannot be done: {}", e.getMessage());
    }
  }

  /** Whether it was not known before. */
  private synchronized boolean keep(String key, long at) {
    return kept.put(key, at) == null;
  }

  private synchronized void forget(String key) {
    kept.remove(key);
  }

  /** What is to be remembered so that the other servers do it; nothing where there are none. */
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
