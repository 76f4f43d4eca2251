package io.chatroom.server.log.shared;

import io.chatroom.server.facts.ConflictException;
import io.chatroom.server.facts.Fact;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/**
 * One attempt to store requested changes of facts in a transaction. It detects every conflict: it
 * locks the kinds before it reads their versions. The changes that other servers have made by then
 * are delivered first, and requests from before that delivery fail. For one thread.
 */
final class FactTransaction {

  /**
   * A requested change.
   *
   * @param known what the requester knew, see {@link FollowedFacts#known}; empty for a change that
   *     cannot conflict
   */
  record Change(List<Fact> facts, Map<String, Long> known, CompletableFuture<Void> done) {}

  private final FollowedFacts followed;
  private final List<Change> all;
  private final List<Change> stored = new ArrayList<>();
  private final List<Change> conflicts = new ArrayList<>();
  private boolean isOutcomeUnknown;
  private boolean isCompleted;

  /**
   * @param followed guarded by its own lock
   */
  FactTransaction(FollowedFacts followed, List<Change> all) {
    this.followed = followed;
    this.all = all;
  }

  /** Stores the changes that do not conflict. */
  void run(Connection connection) throws SQLException {
    FactSql.inTransaction(connection, () -> store(connection));
  }

  private void store(Connection connection) throws SQLException {
    Set<String> kinds = new TreeSet<>();
    all.forEach(change -> change.facts().forEach(fact -> kinds.add(fact.kind())));
    Map<String, Long> versions = FactSql.lock(connection, kinds);
    synchronized (followed) {
      followed.catchUp(connection, versions);
    }
    for (Change change : all) {
      (followed.isAll(change.known()) ? stored : conflicts).add(change);
    }
    List<Fact> facts = stored.stream().flatMap(change -> change.facts().stream()).toList();
    Map<String, Long> made = new HashMap<>();
    facts.forEach(fact -> made.put(fact.kind(), versions.getOrDefault(fact.kind(), 0L) + 1));
    FactSql.write(connection, facts, made);
    isOutcomeUnknown = true;
    connection.clearWarnings();
    connection.commit();
    if (connection.getWarnings() != null) { // the standby may not have it
      throw connection.getWarnings();
    }
    synchronized (followed) {
      followed.made(made, facts);
    }
  }

  /** Completes the requests, after {@link #run}. */
  void complete() {
    isCompleted = true;
    conflicts.forEach(change -> change.done().completeExceptionally(new ConflictException()));
    stored.forEach(change -> change.done().complete(null));
  }

  boolean isCompleted() {
    return isCompleted;
  }

  /** Returns true if {@link #run} has failed, but the changes may be stored anyway. */
  boolean isOutcomeUnknown() {
    return isOutcomeUnknown;
  }
}
