package io.chatroom.server.names;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Facts;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One-time codes that replace a token within ten minutes, to use a name on another device. A
 * restart invalidates them; servers that share their facts share the codes, too. Thread-safe.
 */
final class LinkCodes {

  static final Duration VALID = Duration.ofMinutes(10);

  private static final Logger log = LoggerFactory.getLogger(LinkCodes.class);

  private static final String KIND = "code";
  private static final int MOST_OF_ONE = 4;
  private static final int MOST = 10_000;
  private static final JsonMapper JSON = new JsonMapper();

  private record Code(String owner, long untilNanos) {}

  private final Facts facts;
  private final InstantSource clock;
  private final LongSupplier nanos;

  /** The codes, the oldest first. */
  private final Map<Hash, Code> codes = new LinkedHashMap<>();

  /** Used or expired codes whose end other servers do not know of yet. */
  private final List<Hash> gone = new ArrayList<>();

  /**
   * @param clock the time for all servers
   * @param nanos the time on this one
   */
  LinkCodes(Facts facts, InstantSource clock, LongSupplier nanos) {
    this.facts = facts;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Begins to follow the codes of other servers.
   *
   * @throws IOException if they cannot be read; the message is one sentence for people
   */
  void open() throws IOException {
    if (facts.areShared()) {
      facts.follow(KIND, this::apply);
    }
  }

  private synchronized void apply(Fact fact) {
    try {
      Hash hash = Hash.of(fact.key());
      if (fact.value() == null) {
        codes.remove(hash);
        return;
      }
      JsonNode value = JSON.readTree(fact.value());
      Duration left = Duration.ofMillis(value.path("until").asLong(0) - clock.millis());
      long nanosLeft = left.compareTo(VALID) > 0 ? VALID.toNanos() : left.toNanos();
      codes.put(hash, new Code(value.path("id").asString(""), nanos.getAsLong() + nanosLeft));
    } catch (JacksonException | IllegalArgumentException e) {
      log.warn("a code of another server cannot be read", e);
    }
  }

  /** Makes a code; deletes the oldest of the same owner if there are too many. */
  synchronized String make(String owner) {
    dropOld();
    Iterator<Map.Entry<Hash, Code>> all = codes.entrySet().iterator();
    long has = codes.values().stream().filter(one -> one.owner.equals(owner)).count();
    while (all.hasNext() && (has >= MOST_OF_ONE || codes.size() >= MOST)) {
      Map.Entry<Hash, Code> one = all.next();
      boolean own = one.getValue().owner.equals(owner);
      if (own || codes.size() >= MOST) {
        all.remove();
        gone.add(one.getKey());
        has -= own ? 1 : 0;
      }
    }
    String code = Secret.code();
    Hash hash = Secret.hashOfCode(code);
    codes.put(hash, new Code(owner, nanos.getAsLong() + VALID.toNanos()));
    share(hash, owner);
    return code;
  }

  private void dropOld() {
    long now = nanos.getAsLong();
    codes
        .entrySet()
        .removeIf(one -> one.getValue().untilNanos - now <= 0 && gone.add(one.getKey()));
  }

  /** Returns true if a code is valid for any owner. */
  synchronized boolean has(String code) {
    return codes.containsKey(Secret.hashOfCode(code));
  }

  /** Uses up a code; returns true if it was valid for this owner. */
  synchronized boolean use(String code, String owner) {
    dropOld();
    Hash hash = Secret.hashOfCode(code);
    Code found = codes.get(hash);
    boolean right = found != null && found.owner.equals(owner) && codes.remove(hash, found);
    if (right) {
      gone.add(hash);
      share();
    }
    return right;
  }

  /** Deletes the codes of an ownership that has ended. */
  synchronized void forget(String owner) {
    codes.values().removeIf(one -> one.owner.equals(owner));
  }

  private void share(Hash made, String owner) {
    long until = clock.millis() + VALID.toMillis();
    String value = JSON.createObjectNode().put("id", owner).put("until", until).toString();
    share(new Fact(KIND, made.hex(), value));
  }

  /**
   * Shares new codes, and the end of old ones, with other servers. If that fails, only this server
   * knows a new code, and an old one stays valid elsewhere until it expires.
   */
  private void share(Fact... made) {
    List<Fact> changes = new ArrayList<>(List.of(made));
    gone.forEach(hash -> changes.add(Fact.gone(KIND, hash.hex())));
    gone.clear();
    if (facts.areShared()) {
      facts
          .put(changes)
          .exceptionally(
              failure -> {
                log.debug("cannot share codes with other servers", failure);
                return null;
              });
    }
  }
}
