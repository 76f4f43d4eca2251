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
 * The kinds of facts that this server follows, and up to which version it knows each. What belongs
 * to a lock says so; {@link #known} may be asked by anybody.
 *
 * <p>A standby that becomes the primary may lack the last changes, which nobody was told are safe.
 * Then what was known of them is not so any more, and their versions are given again. So what
 * changed lately is kept in mind, and all of it is read anew on another timeline.
 */
final class FollowedFacts {

  private static final Logger log = LoggerFactory.getLogger(FollowedFacts.class);

  /** How many of the last facts of a kind are kept in mind: more than change in some seconds. */
  private static final int LATELY = 2_000;

  private static final class Kind {

    private final Consumer<Fact> told;
    private long version;

    /** The keys of what has changed since a version, the latest last. */
    private final Map<String, Long> lately = new LinkedHashMap<>();

    private long since;

    Kind(Consumer<Fact> told, long version) {
      this.told = told;
      this.version = version;
      this.since = version;
    }

    void changes(String key, long to) {
      lately.remove(key);
      lately.put(key, to);
      if (lately.size() > LATELY) {
        Map.Entry<String, Long> oldest = lately.entrySet().iterator().next();
        since = Math.max(since, oldest.getValue());
        lately.remove(oldest.getKey());
      }
    }
  }

  /** In the order in which they were followed, in which they are told as well. */
  private final Map<String, Kind> kinds = new LinkedHashMap<>();

  /** How often each was told: it grows once who is told knows it all. */
  private final ConcurrentMap<String, Long> tellings = new ConcurrentHashMap<>();

  private boolean isTooLate;

  /** Of the database when it was read last; empty before. */
  private String timeline = "";

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
    String now = FactSql.timeline(connection);
    if (!now.equals(timeline)) {
      if (!timeline.isEmpty()) {
        readAnew(connection);
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

  /** The next time it is as if the database had become another one. For tests. */
  void forgetTimeline() {
    timeline = "another";
  }

  /** What has changed lately may not have, and something else instead. */
  private void readAnew(Connection connection) throws SQLException {
    log.info("the database has failed over; reading recent changes again");
    Map<String, Long> versions = FactSql.versions(connection, kinds.keySet());
    for (Map.Entry<String, Kind> one : kinds.entrySet()) {
      Kind kind = one.getValue();
      List<FactSql.Versioned> there =
          new ArrayList<>(
              FactSql.changes(connection, one.getKey(), kind.since, kind.lately.keySet()));
      Set<String> gone = new LinkedHashSet<>(kind.lately.keySet());
      there.forEach(change -> gone.remove(change.fact().key()));
      gone.forEach(key -> there.add(new FactSql.Versioned(Fact.gone(one.getKey(), key), 0)));
      kind.version = versions.getOrDefault(one.getKey(), 0L);
      tell(one.getKey(), kind, there);
    }
  }

  private void tell(String name, Kind kind, List<FactSql.Versioned> changes) {
    for (FactSql.Versioned change : changes) {
      kind.version = Math.max(kind.version, change.version());
      kind.changes(change.fact().key(), change.version());
      try {
        kind.told.accept(change.fact());
      } catch (RuntimeException | Error e) { // the others are to be told
        log.error(
            "cannot apply another server's change to facts of the kind {}",
            change.fact().kind(),
            e);
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
          "this server could not reach the database for {} and has missed deletions made by other"
              + " servers; restart it",
          FactSql.TOLD_FOR);
    }
  }
}
