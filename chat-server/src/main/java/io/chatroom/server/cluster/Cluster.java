package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.room.Company;
import io.chatroom.server.room.Elsewhere;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The presence of members on other servers. It publishes the members of this server's rooms, and
 * reads those of the other servers. While the database is away, the last known state stays.
 * Thread-safe.
 */
public final class Cluster implements Elsewhere, AutoCloseable {

  /**
   * The intervals and timeouts.
   *
   * @param poll interval of writing and reading changes
   * @param heartbeat interval of heartbeats
   * @param dead a server without a heartbeat for this time is taken to be gone
   * @param refresh interval of reading everything again
   * @param cutOff a server that could not write a heartbeat for this time wants no new clients:
   *     longer than a failover of the database takes
   */
  record Pace(Duration poll, Duration heartbeat, Duration dead, Duration refresh, Duration cutOff) {

    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(12),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
  }

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  /**
   * News covers the last five seconds, so a server that polls later than this must read everything.
   */
  private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(4);

  /** Time limit for {@link #close}. */
  private static final long CLOSE_SECONDS = 2;

  private final SharedDatabase database;
  private final ServerRows rows;
  private final Pace pace;
  private final RemoteMembers known = new RemoteMembers();
  private final ConcurrentMap<String, CompletableFuture<Void>> preparing =
      new ConcurrentHashMap<>();
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor thread;

  /** Reads lists, so that nothing else waits for them. */
  private final ThreadPoolExecutor lists;

  /** The time of the last successful heartbeat. */
  private volatile long seenNanos = System.nanoTime();

  private volatile int members;
  private volatile boolean leads;
  private volatile boolean failing;
  private volatile Runnable forgotten = () -> {};

  // Used by the thread only.
  private @Nullable Here rooms;
  private boolean began;
  private long beatNanos;

  /** From this time on the tables are complete. */
  private long completeNanos;

  private boolean wasComplete;
  private long refreshedNanos;
  private long polledNanos;

  /**
   * Creates it; until {@link #start} it only answers {@link #prepare} and {@link #list}.
   *
   * @param id the id of this run of the server, the same as for its logs
   * @param name shown to people who look at the tables
   */
  public Cluster(SharedDatabase database, byte[] id, String name, String version) {
    this(database, id, name, version, Pace.USUAL);
  }

  Cluster(SharedDatabase database, byte[] id, String name, String version, Pace pace) {
    this.database = database;
    this.rows = new ServerRows(id, name, version, pace.dead());
    this.pace = pace;
    this.thread = new ScheduledThreadPoolExecutor(1, Cluster::thread);
    this.lists =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Cluster::thread);
    lists.allowCoreThreadTimeOut(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRemoveOnCancelPolicy(true);
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "cluster");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Sets a callback for when the tables do not know this server: at the start, and when its rows
   * were lost. Call once, before {@link #start}.
   *
   * @param forgotten called by the thread of this class; must return soon
   */
  public void whenForgotten(Runnable forgotten) {
    this.forgotten = forgotten;
  }

  /** Starts to publish the members of rooms, and to notify the rooms of members elsewhere. */
  public void start(Here rooms) {
    long millis = pace.poll().toMillis();
    long now = System.nanoTime();
    thread.execute(
        () -> {
          this.rooms = rooms;
          beatNanos = now - pace.heartbeat().toNanos();
          completeNanos = now;
          refreshedNanos = now;
          polledNanos = now;
        });
    thread.scheduleWithFixedDelay(this::poll, 0, millis, TimeUnit.MILLISECONDS);
  }

  // ---- for the rooms

  @Override
  public @Nullable CompletionStage<Void> prepare(String room) {
    if (known.use(room)) {
      return null;
    }
    try {
      CompletableFuture<Void> answer =
          preparing.computeIfAbsent(room, it -> new CompletableFuture<>());
      thread.execute(this::readPreparing);
      return answer;
    } catch (RejectedExecutionException e) {
      return null; // the server stops
    }
  }

  @Override
  public Company in(String room) {
    return known.in(room);
  }

  @Override
  public void changed(String room) {
    changed.add(room);
  }

  @Override
  public CompletionStage<List<Listed>> list(String behind, int limit) {
    if (failing) {
      return CompletableFuture.completedStage(List.of()); // else requests would queue up
    }
    CompletableFuture<List<Listed>> answer = new CompletableFuture<>();
    try {
      lists.execute(
          () -> {
            try {
              answer.complete(database.run(connection -> rows.list(connection, behind, limit)));
            } catch (IOException | RuntimeException e) {
              log.debug("cannot list the rooms of other servers", e);
              answer.complete(List.of());
            }
          });
    } catch (RejectedExecutionException e) {
      answer.complete(List.of());
    }
    return answer;
  }

  @Override
  public int members() {
    return members;
  }

  /**
   * Returns true if this server does what only one server should do. For a moment, two servers may
   * both return true.
   */
  public boolean leads() {
    return leads && !thread.isShutdown();
  }

  /**
   * Returns true if this server has not reached the database for so long that new clients should go
   * to another one.
   */
  public boolean isCutOff() {
    return System.nanoTime() - seenNanos > pace.cutOff().toNanos();
  }

  // ---- the thread

  /** Reads all rooms that were prepared until now, with one query. */
  private void readPreparing() {
    Map<String, CompletableFuture<Void>> all = Map.copyOf(preparing);
    if (all.isEmpty()) {
      return; // answered together with an earlier one
    }
    try {
      Map<String, Map<String, ServerRows.Row>> read =
          database.run(connection -> rows.read(connection, all.keySet()));
      all.keySet().forEach(room -> known.add(room, read.getOrDefault(room, Map.of())));
    } catch (IOException | RuntimeException e) {
      log.debug("cannot read the members on other servers", e);
      all.keySet().forEach(room -> known.add(room, Map.of()));
      refreshedNanos = System.nanoTime() - pace.refresh().toNanos(); // the next poll reads all
    } finally {
      all.forEach(
          (room, answer) -> {
            preparing.remove(room);
            answer.complete(null);
          });
    }
  }

  private void poll() {
    Here mine = rooms;
    if (mine == null) {
      return;
    }
    try {
      database.run(
          connection -> {
            poll(connection, mine);
            return true;
          });
      if (failing) {
        failing = false;
        log.info("the presence of other servers is read again");
      }
    } catch (IOException e) {
      leads = false;
      if (!failing) {
        failing = true;
        log.warn("cannot read the presence of other servers: {}", e.getMessage());
      }
      awaitHeartbeats(System.nanoTime()); // others could not write heartbeats, either
    } catch (RuntimeException | Error e) { // would cancel the periodic task silently
      log.error("this is a defect of chat-server, please report it", e);
    }
    known.forgetUnused(Set.copyOf(mine.openRooms()));
  }

  private void poll(Connection connection, Here mine) throws SQLException {
    long now = System.nanoTime();
    boolean complete = now - completeNanos >= 0;
    if (!changed.isEmpty() || now - beatNanos >= pace.heartbeat().toNanos()) {
      complete &= !beatIsLost(connection, mine, now);
      rows.clean(connection, complete);
    }
    write(connection, mine);
    ServerRows.News news = rows.news(connection, known.names(), complete);
    if (complete && !known.areAllOn(news.servers.keySet())) {
      complete = !beatIsLost(connection, mine, now); // either rows are lost, or a server is gone
    }
    members = news.members();
    leads = news.servers.keySet().stream().allMatch(other -> other.compareTo(rows.id()) > 0);
    boolean all =
        now - polledNanos > NEWS_NANOS
            || (complete && !wasComplete)
            || now - refreshedNanos >= pace.refresh().toNanos();
    if (all) {
      refreshedNanos = now;
    }
    read(connection, mine, news, all, complete);
    polledNanos = now;
    wasComplete = complete;
  }

  /**
   * Writes a heartbeat. Returns true if the row of this server was lost, so that those of others
   * may be lost too.
   */
  private boolean beatIsLost(Connection connection, Here mine, long now) throws SQLException {
    beatNanos = now;
    boolean wasUnknown = rows.beat(connection, mine.members());
    seenNanos = System.nanoTime();
    if (!wasUnknown) {
      return false;
    }
    boolean lost = began;
    if (lost) {
      awaitHeartbeats(now);
    }
    began = true;
    changed.addAll(mine.openRooms());
    forgotten.run();
    return lost;
  }

  /**
   * Treats the tables as incomplete until every running server must have written its rows again.
   * Until then, nobody is removed.
   */
  private void awaitHeartbeats(long now) {
    completeNanos = now + pace.dead().toNanos();
    wasComplete = false;
  }

  private void write(Connection connection, Here mine) throws SQLException {
    Map<String, Company> news = new HashMap<>();
    for (String room : List.copyOf(changed)) {
      changed.remove(room); // first: a change after the next line must be written again
      news.put(room, mine.here(room));
    }
    try {
      rows.write(connection, news);
    } catch (SQLException e) {
      changed.addAll(news.keySet());
      beatNanos -= pace.heartbeat().toNanos(); // its row may be gone: it was taken for dead
      throw e;
    }
  }

  private void read(
      Connection connection, Here mine, ServerRows.News news, boolean all, boolean complete)
      throws SQLException {
    List<String> changedRooms = all ? List.copyOf(known.names()) : known.changed(news);
    Map<String, Map<String, ServerRows.Row>> read =
        changedRooms.isEmpty() ? Map.of() : rows.read(connection, changedRooms);
    known.update(read, news, complete, room -> mine.elsewhere(room, () -> in(room)));
  }

  // ---- closing

  /** Removes this server and its members from the tables. Blocks briefly. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    lists.shutdown();
    thread.shutdownNow();
    try {
      if (thread.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        database.run(
            connection -> {
              rows.leave(connection);
              return true;
            });
      }
    } catch (IOException e) {
      log.debug("cannot remove this server, others will notice that it is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    preparing.values().forEach(answer -> answer.complete(null));
  }
}
