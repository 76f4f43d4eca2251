package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kinds of facts that this server follows, and up to which version it knows each. What belongs
 * to a lock says so; {@link #known} may be asked by anybody.
 */
final class FollowedFacts {

  private static final Logger log = LoggerFactory.getLogger(FollowedFacts.class);

  private static final class Kind {

    private final Consumer<Fact> told;
    private long version;

    Kind(Consumer<Fact> told, long version) {
      this.told = told;
      this.version = version;
    }
  }

  /** In the order in which they were followed, in which they are told as well. */
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  /** How often each was told: it grows once who is told knows it all. */
  private final ConcurrentMap<String, Long> tellings = new ConcurrentHashMap<>();

  private boolean isTooLate;

  /** What those who change facts of some kinds know just now: not less, and perhaps more. */
  Map<String, Long> known(Collection<Fact> facts) {
    Map<String, Long> known = new HashMap<>();
    for (Fact fact : facts) {
      Long telling = tellings.get(fact.kind());
      if (telling != null) {
        known.put(fact.kind(), telling);
      }
    }
    return known;
  }

  /** Whether nothing was told since something was all that was known. */
  boolean isAll(Map<String, Long> known) {
    return known.entrySet().stream()
        .allMatch(one -> one.getValue().equals(tellings.get(one.getKey())));
  }

  /** One more, all of which is known up to a version. With the lock. */
  void add(String kind, Consumer<Fact> told, long version) {
    kinds.put(kind, new Kind(told, version));
    tellings.put(kind, 0L);
  }

  /** This server has made these versions, and knew all before. With the lock. */
  void made(Map<String, Long> versions) {
    versions.forEach(
        (name, version) -> {
          Kind kind = kinds.get(name);
          if (kind != null) {
            kind.version = version;
          }
        });
  }

  /**
   * Looks whether other servers have changed something, and tells it. With the lock.
   *
   * @throws SQLException if it cannot be read; nothing is told then
   */
  void catchUp(Connection connection) throws SQLException {
    catchUp(connection, FactSql.versions(connection, kinds.keySet()));
  }

  /**
   * The same where the versions of some kinds, or of all, are known. With the lock.
   *
   * @param versions all changes up to these can be read
   */
  void catchUp(Connection connection, Map<String, Long> versions) throws SQLException {
    Map<String, Long> behind = new LinkedHashMap<>();
    kinds.forEach(
        (name, kind) -> {
          if (versions.getOrDefault(name, 0L) > kind.version) {
            behind.put(name, kind.version);
          }
        });
    if (behind.isEmpty()) {
      return;
    }
    warnIfTooLate(FactSql.cleaned(connection, behind.keySet()), behind);
    Map<String, List<FactSql.Versioned>> changes = FactSql.changes(connection, behind);
    kinds.forEach(
        (name, kind) -> {
          if (behind.containsKey(name)) {
            kind.version = versions.getOrDefault(name, 0L);
            tell(name, kind, changes.getOrDefault(name, List.of()));
          }
        });
  }

  private void tell(String name, Kind kind, List<FactSql.Versioned> changes) {
    for (FactSql.Versioned change : changes) {
      kind.version = Math.max(kind.version, change.version());
      try {
        kind.told.accept(change.fact());
      } catch (RuntimeException e) {
        log.error(
            "what another server has changed cannot be taken in: {}", change.fact().kind(), e);
      }
    }
    tellings.merge(name, 1L, Long::sum);
  }

  /** What was gone and is cleaned away by now is still there for this server. */
  private void warnIfTooLate(Map<String, Long> cleaned, Map<String, Long> behind) {
    if (!isTooLate
        && behind.entrySet().stream()
            .anyMatch(one -> cleaned.getOrDefault(one.getKey(), 0L) > one.getValue())) {
      isTooLate = true;
      log.error(
          "this server has not reached its store for {}, and does not know all that other servers"
              + " have done meanwhile; restart it",
          FactSql.TOLD_FOR);
    }
  }
}
