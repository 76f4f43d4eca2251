package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.names.NamesElsewhere;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The names that guests have, in a database that servers share. One thread takes names and gives
 * them back, as many at once as wait. What it cannot write it sets right when it can.
 */
public final class SharedNames implements NamesElsewhere, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedNames.class);

  private static final int MOST_AT_ONCE = 500;
  private static final long AGAIN_MILLIS = 1_000;
  private static final long CLEANS_EVERY_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long STOP_MILLIS = 1_000;

  /**
   * Something that is asked for.
   *
   * @param client null gives the name back
   */
  private record Asked(String key, @Nullable String client, CompletableFuture<Boolean> taken) {}

  private interface Work {
    void with(Connection connection) throws SQLException;
  }

  private final SharedDatabase database;
  private final NameRows rows;
  private final BlockingQueue<Asked> waiting = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "names");
  private volatile boolean closed;

  /** What is written may not be what this server has. */
  private volatile boolean isToWriteAll;

  /** The names that this server has, with their clients. Belongs to the thread. */
  private final Map<String, String> held = new HashMap<>();

  /**
   * Begins without a name.
   *
   * @param server of this run of this server, in the table of servers that are there
   */
  public SharedNames(SharedDatabase database, byte[] server) {
    this.database = database;
    this.rows = new NameRows(server);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletionStage<Boolean> take(String key, String client) {
    return ask(key, client);
  }

  @Override
  public void giveBack(String key) {
    var unused = ask(key, null);
  }

  private CompletionStage<Boolean> ask(String key, @Nullable String client) {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    waiting.add(new Asked(key, client, taken));
    if (closed) {
      giveUp(); // the thread may have ended just before
    }
    return taken;
  }

  /** Others took this server for dead, or the table is empty: it writes again what it has. */
  public void writeAgain() {
    isToWriteAll = true;
    wake();
  }

  /** The thread need not wait. */
  private void wake() {
    waiting.add(new Asked("", null, new CompletableFuture<>()));
  }

  // ---- the thread

  private void run() {
    long cleaned = System.nanoTime();
    while (!closed) {
      List<Asked> some = next();
      try {
        takeAll(some);
      } catch (RuntimeException | Error e) { // the next question still needs this thread
        log.error("this is a defect of chat-server, please report it", e);
        some.forEach(asked -> asked.taken().completeExceptionally(new IOException(e)));
      }
      if (isToWriteAll) {
        isToWriteAll = false;
        isToWriteAll = did(this::writeAll) != null;
      }
      if (System.nanoTime() - cleaned >= CLEANS_EVERY_NANOS) {
        cleaned = System.nanoTime();
        var unused = did(rows::clean);
      }
    }
    giveUp();
    var unused = did(connection -> rows.keepOnly(connection, Set.of()));
  }

  private List<Asked> next() {
    List<Asked> some = new ArrayList<>();
    try {
      Asked first = waiting.poll(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        some.add(first);
        waiting.drainTo(some, MOST_AT_ONCE);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return some;
  }

  /** In the order in which it was asked for, each name once at a time. */
  private void takeAll(List<Asked> all) {
    Map<String, Asked> some = new HashMap<>();
    for (Asked asked : all) {
      if (some.containsKey(asked.key())) {
        takeSome(some);
        some.clear();
      }
      some.put(asked.key(), asked);
    }
    takeSome(some);
  }

  private void takeSome(Map<String, Asked> some) {
    Map<String, String> names = new HashMap<>();
    Set<String> gone = new HashSet<>();
    for (Asked asked : some.values()) {
      String client = asked.client();
      if (client == null) {
        gone.add(asked.key());
      } else {
        names.put(asked.key(), client);
      }
    }
    held.keySet().removeAll(gone);
    Set<String> taken = new HashSet<>();
    IOException failure =
        some.isEmpty()
            ? null
            : did(
                connection -> {
                  if (!gone.isEmpty()) {
                    rows.giveBack(connection, gone);
                  }
                  if (!names.isEmpty()) {
                    taken.addAll(rows.take(connection, names));
                  }
                });
    if (failure != null) {
      isToWriteAll = true;
      some.values().forEach(asked -> asked.taken().completeExceptionally(failure));
      return;
    }
    names.keySet().retainAll(taken);
    held.putAll(names);
    some.values().forEach(asked -> asked.taken().complete(taken.contains(asked.key())));
  }

  /** Another client may have a name by now that this server could not write for so long. */
  private void writeAll(Connection connection) throws SQLException {
    rows.keepOnly(connection, held.keySet());
    if (!held.isEmpty() && rows.take(connection, held).size() < held.size()) {
      log.warn(
          "while this server could not reach the database, guests on other servers took names that"
              + " are in use here");
    }
  }

  /** Does something; null if that is done. */
  private @Nullable IOException did(Work work) {
    try {
      database.run(
          connection -> {
            work.with(connection);
            return true;
          });
      return null;
    } catch (IOException e) {
      log.debug("names of guests are not written", e);
      return e;
    }
  }

  private void giveUp() {
    IOException stops = new IOException("the server stops");
    for (Asked asked = waiting.poll(); asked != null; asked = waiting.poll()) {
      asked.taken().completeExceptionally(stops);
    }
  }

  /** Gives all back. */
  @Override
  public void close() {
    closed = true;
    wake();
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
