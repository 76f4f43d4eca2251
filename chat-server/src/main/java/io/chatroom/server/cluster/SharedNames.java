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
 * Guests' names in a database that several servers share. One thread takes and releases names, as
 * many in one query as wait. If writing fails, it corrects the tables later.
 */
public final class SharedNames implements NamesElsewhere, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedNames.class);

  private static final int MAX_REQUESTS = 500;
  private static final long RETRY_MILLIS = 1_000;
  private static final long CLEAN_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final long STOP_MILLIS = 1_000;

  /**
   * A request to take or release a name.
   *
   * @param client the client that takes it; null to release it
   */
  private record Request(String key, @Nullable String client, CompletableFuture<Boolean> taken) {}

  private interface Work {
    void with(Connection connection) throws SQLException;
  }

  private final SharedDatabase database;
  private final NameRows rows;
  private final BlockingQueue<Request> waiting = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "names");
  private volatile boolean closed;

  /** The tables may differ from {@link #held}. */
  private volatile boolean isToWriteAll;

  /** The names that guests of this server hold, with their clients. Used by the thread only. */
  private final Map<String, String> held = new HashMap<>();

  /**
   * Starts without names.
   *
   * @param server the id of this run of the server
   */
  public SharedNames(SharedDatabase database, byte[] server) {
    this.database = database;
    this.rows = new NameRows(server);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public CompletionStage<Boolean> take(String key, String client) {
    return submit(key, client);
  }

  @Override
  public void giveBack(String key) {
    var unused = submit(key, null);
  }

  private CompletionStage<Boolean> submit(String key, @Nullable String client) {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    waiting.add(new Request(key, client, taken));
    if (closed) {
      failAll(); // the thread may have ended just before
    }
    return taken;
  }

  /** Writes all names again, as other servers took this one for dead, or the rows were lost. */
  public void writeAgain() {
    isToWriteAll = true;
    wake();
  }

  /** Wakes the thread. */
  private void wake() {
    waiting.add(new Request("", null, new CompletableFuture<>()));
  }

  // ---- the thread

  private void run() {
    long cleaned = System.nanoTime();
    while (!closed) {
      List<Request> some = next();
      try {
        takeAll(some);
      } catch (RuntimeException | Error e) { // the thread must survive
        log.error("this is a defect of chat-server, please report it", e);
        some.forEach(request -> request.taken().completeExceptionally(new IOException(e)));
      }
      if (isToWriteAll) {
        isToWriteAll = false;
        isToWriteAll = failure(this::writeAll) != null;
      }
      if (System.nanoTime() - cleaned >= CLEAN_NANOS) {
        cleaned = System.nanoTime();
        var unused = failure(rows::clean);
      }
    }
    failAll();
    var unused = failure(connection -> rows.keepOnly(connection, Set.of()));
  }

  private List<Request> next() {
    List<Request> some = new ArrayList<>();
    try {
      Request first = waiting.poll(RETRY_MILLIS, TimeUnit.MILLISECONDS);
      if (first != null) {
        some.add(first);
        waiting.drainTo(some, MAX_REQUESTS);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return some;
  }

  /** Handles requests in order; a query contains each name only once. */
  private void takeAll(List<Request> all) {
    Map<String, Request> some = new HashMap<>();
    for (Request request : all) {
      if (some.containsKey(request.key())) {
        takeSome(some);
        some.clear();
      }
      some.put(request.key(), request);
    }
    takeSome(some);
  }

  private void takeSome(Map<String, Request> some) {
    Map<String, String> names = new HashMap<>();
    Set<String> gone = new HashSet<>();
    for (Request request : some.values()) {
      String client = request.client();
      if (client == null) {
        gone.add(request.key());
      } else {
        names.put(request.key(), client);
      }
    }
    held.keySet().removeAll(gone);
    Set<String> taken = new HashSet<>();
    IOException failure =
        some.isEmpty()
            ? null
            : failure(
                connection -> {
                  if (!gone.isEmpty()) {
                    rows.release(connection, gone);
                  }
                  if (!names.isEmpty()) {
                    taken.addAll(rows.take(connection, names));
                  }
                });
    if (failure != null) {
      isToWriteAll = true;
      some.values().forEach(request -> request.taken().completeExceptionally(failure));
      return;
    }
    names.keySet().retainAll(taken);
    held.putAll(names);
    some.values().forEach(request -> request.taken().complete(taken.contains(request.key())));
  }

  /** Writes all names again; other clients may have taken some of them meanwhile. */
  private void writeAll(Connection connection) throws SQLException {
    rows.keepOnly(connection, held.keySet());
    if (!held.isEmpty() && rows.take(connection, held).size() < held.size()) {
      log.warn(
          "while this server could not reach the database, guests on other servers took names that"
              + " are in use here");
    }
  }

  /** Does some work, and returns the failure; null if it succeeds. */
  private @Nullable IOException failure(Work work) {
    try {
      database.run(
          connection -> {
            work.with(connection);
            return true;
          });
      return null;
    } catch (IOException e) {
      log.debug("cannot write guests' names", e);
      return e;
    }
  }

  private void failAll() {
    IOException stops = new IOException("the server stops");
    for (Request request = waiting.poll(); request != null; request = waiting.poll()) {
      request.taken().completeExceptionally(stops);
    }
  }

  /** Releases all names. Blocks for at most a second. */
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
