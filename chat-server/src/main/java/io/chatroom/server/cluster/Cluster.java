package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.room.Company;
import io.chatroom.server.room.Elsewhere;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
 * The other servers: sees to it that they know who is in the rooms of this one, and that this one's
 * rooms know who is in theirs. While the database is away, what was known stays. Thread-safe.
 */
public final class Cluster implements Elsewhere, AutoCloseable {

  /**
   * When a server does what.
   *
   * @param look looks what is new, and writes what is
   * @param beat says that it is there
   * @param dead who was not seen for so long is gone
   * @param again reads all it knows once more, whatever was new
   * @param cutOff a server that could not say for so long that it is there wants no newcomers: more
   *     than a failover of the database takes
   */
  record Pace(Duration look, Duration beat, Duration dead, Duration again, Duration cutOff) {

    static final Pace USUAL =
        new Pace(
            Duration.ofSeconds(1),
            Duration.ofSeconds(3),
            Duration.ofSeconds(12),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30));
  }

  private static final Logger log = LoggerFactory.getLogger(Cluster.class);

  /** How long a room stays known that is not open. */
  private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** News is read of a second more; who looks later reads all. */
  private static final long NEWS_NANOS = TimeUnit.SECONDS.toNanos(4);

  /** How long the end may take. */
  private static final long GOODBYE_SECONDS = 2;

  /** A room of which it is known who is there on other servers. */
  private static final class Known {

    /** By server; changed by the one thread only. */
    private Map<String, ServerRows.Row> rows;

    private volatile Company company;
    private volatile long usedNanos = System.nanoTime();

    Known(Map<String, ServerRows.Row> rows) {
      this.rows = rows;
      this.company = Cluster.sum(rows.values());
    }
  }

  private final SharedDatabase database;
  private final ServerRows rows;
  private final Pace pace;
  private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final ScheduledThreadPoolExecutor thread;

  /** Nothing waits behind who asks for lists but others who do. */
  private final ThreadPoolExecutor lists;

  /** When it has last said that it is there. */
  private volatile long saidNanos = System.nanoTime();

  private volatile int members;
  private volatile boolean leads;
  private volatile boolean failing;
  private volatile Runnable forgotten = () -> {};

  // Of the one thread.
  private @Nullable Here rooms;
  private boolean began;
  private long beatNanos;
  private long believesNanos;
  private boolean believed;
  private long allNanos;
  private long lookedNanos;

  /**
   * Does nothing yet but tell who is elsewhere.
   *
   * @param id of this run of this server, as its logs use it
   * @param name for people who look at the tables
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
   * Tells when nobody knows of this server: when it begins, and when what it has written is lost.
   * Called once, before it starts.
   *
   * @param forgotten called by the thread that writes; must return soon
   */
  public void whenForgotten(Runnable forgotten) {
    this.forgotten = forgotten;
  }

  /** Begins to tell others who is in these rooms, and these who is with others. */
  public void start(Here rooms) {
    long millis = pace.look().toMillis();
    long now = System.nanoTime();
    thread.execute(
        () -> {
          this.rooms = rooms;
          beatNanos = now - pace.beat().toNanos();
          believesNanos = now;
          allNanos = now;
          lookedNanos = now;
        });
    thread.scheduleWithFixedDelay(this::look, 0, millis, TimeUnit.MILLISECONDS);
  }

  // ---- what the rooms ask, and tell

  @Override
  public @Nullable CompletionStage<Void> prepare(String room) {
    Known there =
        known.computeIfPresent(
            room,
            (name, used) -> {
              used.usedNanos = System.nanoTime();
              return used;
            });
    if (there != null) {
      return null;
    }
    try {
      CompletableFuture<Void> answer = asked.computeIfAbsent(room, it -> new CompletableFuture<>());
      thread.execute(this::answer);
      return answer;
    } catch (RejectedExecutionException e) {
      return null; // the server stops
    }
  }

  @Override
  public Company in(String room) {
    Known there = known.get(room);
    return there == null ? Company.NOBODY : there.company;
  }

  @Override
  public void changed(String room) {
    changed.add(room);
  }

  @Override
  public CompletionStage<List<Listed>> list(String behind, int limit) {
    if (failing) {
      return CompletableFuture.completedStage(List.of()); // many who ask would wait for each other
    }
    CompletableFuture<List<Listed>> answer = new CompletableFuture<>();
    try {
      lists.execute(
          () -> {
            try {
              answer.complete(database.run(connection -> rows.list(connection, behind, limit)));
            } catch (IOException | RuntimeException e) {
              log.debug("who is elsewhere cannot be listed", e);
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

  /** Whether this server does what one of them does for all. For a moment two may think so. */
  public boolean leads() {
    return leads && !thread.isShutdown();
  }

  /** Whether others do better for newcomers, as it has not reached the database for long. */
  public boolean isCutOff() {
    return System.nanoTime() - saidNanos > pace.cutOff().toNanos();
  }

  // ---- the one thread

  /** Reads what was asked for until now, all at once. */
  private void answer() {
    Map<String, CompletableFuture<Void>> all = Map.copyOf(asked);
    if (all.isEmpty()) {
      return; // it was answered with others
    }
    try {
      Map<String, Map<String, ServerRows.Row>> read =
          database.run(connection -> rows.read(connection, all.keySet()));
      all.keySet().forEach(room -> known.put(room, new Known(read.getOrDefault(room, Map.of()))));
    } catch (IOException | RuntimeException e) {
      log.debug("who is elsewhere cannot be read", e);
      all.keySet().forEach(room -> known.put(room, new Known(Map.of())));
      allNanos = System.nanoTime() - pace.again().toNanos(); // it is read with all others soon
    } finally {
      all.forEach(
          (room, answer) -> {
            asked.remove(room);
            answer.complete(null);
          });
    }
  }

  private void look() {
    Here mine = rooms;
    if (mine == null) {
      return;
    }
    try {
      database.run(
          connection -> {
            look(connection, mine);
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
      doubt(System.nanoTime()); // they could say nothing, either
    } catch (RuntimeException | Error e) { // would end the looking without a word
      log.error("cannot hear of other servers", e);
    }
    forget(mine);
  }

  private void look(Connection connection, Here mine) throws SQLException {
    long now = System.nanoTime();
    boolean believes = now - believesNanos >= 0;
    if (!changed.isEmpty() || now - beatNanos >= pace.beat().toNanos()) {
      believes &= !isForgotten(connection, mine, now);
      rows.clean(connection, believes);
    }
    write(connection, mine);
    ServerRows.News news = rows.news(connection, known.keySet(), believes);
    if (believes && lacksSomebody(news)) {
      believes = !isForgotten(connection, mine, now); // else they are gone
    }
    members = news.members();
    leads = news.servers.keySet().stream().allMatch(other -> other.compareTo(rows.id()) > 0);
    boolean all =
        now - lookedNanos > NEWS_NANOS
            || (believes && !believed)
            || now - allNanos >= pace.again().toNanos();
    if (all) {
      allNanos = now;
    }
    read(connection, mine, news, all, believes);
    lookedNanos = now;
    believed = believes;
  }

  /** Says that this server lives; whether nobody knew of it, so that all rows may be lost. */
  private boolean isForgotten(Connection connection, Here mine, long now) throws SQLException {
    beatNanos = now;
    boolean wasUnknown = rows.beat(connection, mine.members());
    saidNanos = System.nanoTime();
    if (!wasUnknown) {
      return false;
    }
    boolean lost = began;
    if (lost) {
      doubt(now);
    }
    began = true;
    changed.addAll(mine.openRooms());
    forgotten.run();
    return lost;
  }

  private boolean lacksSomebody(ServerRows.News news) {
    return known.values().stream()
        .anyMatch(there -> !news.servers.keySet().containsAll(there.rows.keySet()));
  }

  /**
   * For as long as a server may be silent, what was known of others stays: then they have said all
   * again, and what they have not said is read with all else.
   */
  private void doubt(long now) {
    believesNanos = now + pace.dead().toNanos();
    believed = false;
  }

  private void write(Connection connection, Here mine) throws SQLException {
    Map<String, Company> news = new HashMap<>();
    for (String room : List.copyOf(changed)) {
      changed.remove(room); // before it is asked who is there: what changes behind that is new
      news.put(room, mine.here(room));
    }
    try {
      rows.write(connection, news);
    } catch (SQLException e) {
      changed.addAll(news.keySet());
      beatNanos -= pace.beat().toNanos(); // perhaps it was taken for dead
      throw e;
    }
  }

  private void read(
      Connection connection, Here mine, ServerRows.News news, boolean all, boolean believes)
      throws SQLException {
    List<String> again = new ArrayList<>();
    known.forEach(
        (room, there) -> {
          Map<String, String> written = news.rooms.getOrDefault(room, Map.of());
          if (all || written.entrySet().stream().anyMatch(one -> isNew(there, one))) {
            again.add(room);
          }
        });
    Map<String, Map<String, ServerRows.Row>> read =
        again.isEmpty() ? Map.of() : rows.read(connection, again);
    known.forEach(
        (room, there) -> {
          Map<String, ServerRows.Row> now = new HashMap<>(believes ? Map.of() : there.rows);
          now.putAll(read.getOrDefault(room, there.rows));
          if (believes) {
            now.keySet().retainAll(news.servers.keySet());
          }
          there.rows = now;
          Company company = sum(now.values());
          if (!company.equals(there.company)) {
            there.company = company;
            mine.elsewhere(room, () -> in(room));
          }
        });
  }

  private static boolean isNew(Known there, Map.Entry<String, String> written) {
    ServerRows.Row row = there.rows.get(written.getKey());
    return row == null || !row.at().equals(written.getValue());
  }

  private static Company sum(Collection<ServerRows.Row> rows) {
    int count = 0;
    List<String> names = new ArrayList<>();
    for (ServerRows.Row row : rows) {
      count += row.company().count();
      names.addAll(row.company().names());
    }
    return new Company(count, names);
  }

  /** What nobody has needed for long is known no more, and what is open is known in any case. */
  private void forget(Here mine) {
    long now = System.nanoTime();
    Set<String> open = new HashSet<>(mine.openRooms());
    for (String room : known.keySet()) {
      known.computeIfPresent(
          room,
          (name, there) -> {
            if (open.contains(name)) {
              there.usedNanos = now;
            }
            return now - there.usedNanos > KNOWN_NANOS ? null : there;
          });
    }
  }

  // ---- the end

  /** Says that this server goes, and its members with it. Blocks for a moment. */
  @Override
  public void close() {
    if (thread.isShutdown()) {
      return;
    }
    lists.shutdown();
    thread.shutdownNow();
    try {
      if (thread.awaitTermination(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
        database.run(
            connection -> {
              rows.leave(connection);
              return true;
            });
      }
    } catch (IOException e) {
      log.debug("others will see by themselves that this server is gone", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    asked.values().forEach(answer -> answer.complete(null));
  }
}
