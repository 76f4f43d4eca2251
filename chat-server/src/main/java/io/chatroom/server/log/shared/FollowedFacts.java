package io.chatroom.server.log.shared;

import io.chatroom.server.facts.Fact;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kinds of facts that this server follows, each with the version up to which it is known.
 * Methods that need the caller's lock say so; {@link #known} is thread-safe.
 *
 * <p>A standby that becomes the primary may lack the last changes, those that were not confirmed as
 * safe yet. This server may know them already, and the new primary assigns their versions again. So
 * the keys of recent changes are remembered, and read again when the timeline changes.
 */
final class FollowedFacts {

  private static final Logger log = LoggerFactory.getLogger(FollowedFacts.class);

  /** The number of recently changed keys to remember per kind: more than change in seconds. */
  private static final int RECENT_KEYS = 2_000;

  private static final class Kind {

    private final Consumer<Fact> receiver;
    private long version;

    /** Recently changed keys with the versions of the changes, the latest last. */
    private final Map<String, Long> recent = new LinkedHashMap<>();

    /** All keys that changed after this version are in {@link #recent}. */
    private long since;

    Kind(Consumer<Fact> receiver, long version) {
      this.receiver = receiver;
      this.version = version;
      this.since = version;
    }

    void changes(String key, long to) {
      recent.remove(key);
      recent.put(key, to);
      if (recent.size() > RECENT_KEYS) {
        Map.Entry<String, Long> oldest = recent.entrySet().iterator().next();
        since = Math.max(since, oldest.getValue());
        recent.remove(oldest.getKey());
      }
    }
  }

  /** In the order in which they were added, which is also the order of delivery. */
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  /** The number of deliveries per kind; it grows once the receiver has handled all of one. */
  private final ConcurrentMap<String, Long> deliveries = new ConcurrentHashMap<>();

  private boolean missedDeletions;

  /** The timeline of the database at the last read; empty before the first. */
  private String timeline = "";

  /**
   * Returns how many deliveries the caller has seen of the kinds of some facts, at least. Taken
   * before a change, for {@link #isAll}.
   */
  Map<String, Long> known(Collection<Fact> facts) {
    Map<String, Long> known = new HashMap<>();
    for (Fact fact : facts) {
      Long count = deliveries.get(fact.kind());
      if (count != null) {
        known.put(fact.kind(), count);
      }
    }
    return known;
  }

  /** Returns true if nothing was delivered since {@link #known} returned this. */
  boolean isAll(Map<String, Long> known) {
    return known.entrySet().stream()
        .allMatch(one -> one.getValue().equals(deliveries.get(one.getKey())));
  }

  /** Adds a kind that is known up to a version. Needs the lock. */
  void add(String kind, Consumer<Fact> receiver, long version) {
    kinds.put(kind, new Kind(receiver, version));
    deliveries.put(kind, 0L);
  }

  /** Called when this server has committed these versions, and knew all before. Needs the lock. */
  void made(Map<String, Long> versions, Collection<Fact> facts) {
    versions.forEach(
        (name, version) -> {
          Kind kind = kinds.get(name);
          if (kind != null) {
            kind.version = version;
          }
        });
    for (Fact fact : facts) {
      Kind kind = kinds.get(fact.kind());
      if (kind != null) {
        kind.changes(fact.key(), kind.version);
      }
    }
  }

  /**
   * Reads and delivers the changes of other servers. Needs the lock.
   *
   * @throws SQLException if they cannot be read; nothing is delivered then
   */
  void catchUp(Connection connection) throws SQLException {
    catchUp(connection, FactSql.versions(connection, kinds.keySet()));
  }

  /**
   * Reads and delivers the changes of other servers to some kinds. Needs the lock.
   *
   * @param versions the current versions of these kinds in the database
   */
  void catchUp(Connection connection, Map<String, Long> versions) throws SQLException {
    String now = FactSql.timeline(connection);
    if (!now.equals(timeline)) {
      if (!timeline.isEmpty()) {
        readRecentAgain(connection);
      }
      timeline = now;
    }
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
    logMissedDeletions(FactSql.cleaned(connection, behind.keySet()), behind);
    Map<String, List<FactSql.Versioned>> changes = FactSql.changes(connection, behind);
    kinds.forEach(
        (name, kind) -> {
          if (behind.containsKey(name)) {
            kind.version = versions.getOrDefault(name, 0L);
            deliver(name, kind, changes.getOrDefault(name, List.of()));
          }
        });
  }

  /** Makes the next read find a new timeline. For tests. */
  void forgetTimeline() {
    timeline = "another";
  }

  /** Reads recent changes again, as the new primary may have others. */
  private void readRecentAgain(Connection connection) throws SQLException {
    log.info(
        "the database is on a new timeline (failover or restore); reading recent changes again");
    Map<String, Long> versions = FactSql.versions(connection, kinds.keySet());
    for (Map.Entry<String, Kind> one : kinds.entrySet()) {
      Kind kind = one.getValue();
      List<FactSql.Versioned> there =
          new ArrayList<>(
              FactSql.changes(connection, one.getKey(), kind.since, kind.recent.keySet()));
      Set<String> gone = new LinkedHashSet<>(kind.recent.keySet());
      there.forEach(change -> gone.remove(change.fact().key()));
      gone.forEach(key -> there.add(new FactSql.Versioned(Fact.gone(one.getKey(), key), 0)));
      kind.version = versions.getOrDefault(one.getKey(), 0L);
      deliver(one.getKey(), kind, there);
    }
  }

  private void deliver(String name, Kind kind, List<FactSql.Versioned> changes) {
    for (FactSql.Versioned change : changes) {
      kind.version = Math.max(kind.version, change.version());
      kind.changes(change.fact().key(), change.version());
      try {
        kind.receiver.accept(change.fact());
      } catch (RuntimeException | Error e) { // deliver the other changes
        log.error(
            "cannot apply another server's change to facts of the kind {}",
            change.fact().kind(),
            e);
      }
    }
    deliveries.merge(name, 1L, Long::sum);
  }

  /** Logs an error, once, if this server may have missed deletions whose rows are removed. */
  private void logMissedDeletions(Map<String, Long> cleaned, Map<String, Long> behind) {
    if (!missedDeletions
        && behind.entrySet().stream()
            .anyMatch(one -> cleaned.getOrDefault(one.getKey(), 0L) > one.getValue())) {
      missedDeletions = true;
      log.error(
          "this server could not reach the database for {} and has missed deletions made by other"
              + " servers; restart it",
          FactSql.DELETIONS_KEPT);
    }
  }
}
