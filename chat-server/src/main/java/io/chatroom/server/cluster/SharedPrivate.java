package io.chatroom.server.cluster;

import io.chatroom.server.log.shared.ChannelListener;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.session.PrivateElsewhere;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Private rooms in a database that servers share. Who is about to say something in one says so on a
 * channel that all servers hear: those that have sessions of one of the two come into the room.
 * What they may not have heard, as a connection was lost or a server died, they look for.
 */
public final class SharedPrivate implements PrivateElsewhere, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedPrivate.class);

  private static final String CHANNEL = "chat_private";
  private static final String TELL = "SELECT pg_notify('" + CHANNEL + "', p) FROM unnest(?) p";

  /** As there are indexes for it; what a private room is called says who the two are. */
  private static final String OF_FIRST = "substring(name from '^@[^~+]+~([^~+]+)[+]')";

  private static final String OF_SECOND = "substring(name from '~([^~+]+)$')";

  private static final String NEWEST =
      """
      SELECT name FROM room
      WHERE name LIKE '@%%' AND newest > 0 AND (%s = ? OR %s = ?) ORDER BY at DESC LIMIT ?
      """
          .formatted(OF_FIRST, OF_SECOND);

  /** Rooms in which something was said lately, and where their order ended before. */
  private static final String LATELY =
      """
      SELECT r.name, coalesce(
        (SELECT min(m.seq) - 1 FROM message m
         WHERE m.room = r.id AND m.seq > r.newest - 200 AND m.at > t.since), r.newest)
      FROM room r,
        (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - ? AS since) t
      WHERE r.name LIKE '@%%' AND r.at > t.since AND (%s = ANY(?) OR %s = ANY(?))
      """
          .formatted(OF_FIRST, OF_SECOND);

  private static final long LOOKS_EVERY_MILLIS = 20_000;

  /** Something may be said that long after that was told. */
  private static final long LATE_MILLIS = 30_000;

  /** So long somebody who comes waits for the names of their private rooms. */
  private static final long ANSWER_SECONDS = 5;

  private final SharedDatabase database;
  private final String server;
  private final ChannelListener listener;
  private final ScheduledThreadPoolExecutor thread;
  private volatile @Nullable Ear ear;

  /** By room, where its order ended before what is to be told. */
  private final Map<String, Long> untold = new HashMap<>();

  /** By room, when something was heard or said there: who was here then is in the room. */
  private final Map<String, Long> heard = new ConcurrentHashMap<>();

  // Belongs to the thread.
  private long lookedNanos = System.nanoTime();

  /**
   * Tells and hears nothing yet.
   *
   * @param server of this run of this server
   */
  public SharedPrivate(SharedDatabase database, byte[] server) {
    this.database = database;
    this.server = HexFormat.of().formatHex(server);
    this.listener = new ChannelListener(database, CHANNEL, new Heard());
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "private");
              made.setDaemon(true);
              return made;
            });
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void follow(Ear told) {
    ear = told;
    listener.start();
    thread.scheduleWithFixedDelay(
        this::look, LOOKS_EVERY_MILLIS, LOOKS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void says(String room, long from) {
    heard.put(room, System.nanoTime());
    synchronized (untold) {
      boolean isFirst = untold.isEmpty();
      untold.merge(room, from, Math::min);
      if (!isFirst) {
        return;
      }
    }
    execute(this::tell);
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the server stops", e);
    }
  }

  private void tell() {
    List<String> all = new ArrayList<>();
    synchronized (untold) {
      untold.forEach((room, from) -> all.add(server + " " + from + " " + room));
      untold.clear();
    }
    try {
      database.run(
          connection -> {
            try (PreparedStatement tell = connection.prepareStatement(TELL)) {
              tell.setArray(1, connection.createArrayOf("text", all.toArray()));
              return tell.execute();
            }
          });
    } catch (IOException e) {
      log.debug("other servers are not told, and look by themselves", e);
    }
  }

  private final class Heard implements ChannelListener.Ear {

    @Override
    public void listens() {
      execute(SharedPrivate.this::look);
    }

    @Override
    public void heard(String what) {
      int first = what.indexOf(' ');
      int second = what.indexOf(' ', first + 1);
      if (first < 0 || second < 0 || what.startsWith(server + " ")) {
        return;
      }
      try {
        says(what.substring(second + 1), Long.parseLong(what.substring(first + 1, second)));
      } catch (NumberFormatException e) {
        log.debug("what another server says is not understood: {}", what, e);
      }
    }

    private void says(String room, long from) {
      Ear told = ear;
      if (told != null) {
        heard.put(room, System.nanoTime());
        told.says(room, from);
      }
    }
  }

  /** Looks for what was not heard. */
  private void look() {
    Ear told = ear;
    Set<String> owners = told == null ? Set.of() : told.owners();
    long now = System.nanoTime();
    long since = TimeUnit.NANOSECONDS.toMillis(now - lookedNanos) + LATE_MILLIS;
    heard.values().removeIf(then -> now - then > TimeUnit.MILLISECONDS.toNanos(since));
    if (told == null || owners.isEmpty()) {
      lookedNanos = now;
      return;
    }
    try {
      Map<String, Long> rooms = database.run(connection -> lately(connection, owners, since));
      rooms.forEach(
          (room, from) -> {
            if (heard.putIfAbsent(room, now) == null) {
              told.says(room, from);
            }
          });
      lookedNanos = now;
    } catch (IOException | RuntimeException e) {
      log.debug("what was said in private cannot be looked for", e);
    }
  }

  private static Map<String, Long> lately(
      Connection connection, Set<String> owners, long sinceMillis) throws SQLException {
    Map<String, Long> rooms = new HashMap<>();
    try (PreparedStatement ask = connection.prepareStatement(LATELY)) {
      ask.setLong(1, sinceMillis);
      ask.setArray(2, connection.createArrayOf("text", owners.toArray()));
      ask.setArray(3, connection.createArrayOf("text", owners.toArray()));
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          rooms.put(rows.getString(1), rows.getLong(2));
        }
      }
    }
    return rooms;
  }

  @Override
  public CompletionStage<List<String>> newest(String ownerId, int limit) {
    CompletableFuture<List<String>> found = new CompletableFuture<>();
    execute(
        () -> {
          if (found.isDone()) {
            return; // nobody waits any more, and others do
          }
          try {
            found.complete(database.run(connection -> newest(connection, ownerId, limit)));
          } catch (IOException | RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    if (thread.isShutdown()) {
      found.completeExceptionally(new IOException("the server stops"));
    }
    return found.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
  }

  private static List<String> newest(Connection connection, String ownerId, int limit)
      throws SQLException {
    List<String> rooms = new ArrayList<>();
    try (PreparedStatement ask = connection.prepareStatement(NEWEST)) {
      ask.setString(1, ownerId);
      ask.setString(2, ownerId);
      ask.setInt(3, limit);
      try (ResultSet rows = ask.executeQuery()) {
        while (rows.next()) {
          rooms.add(rows.getString(1));
        }
      }
    }
    return rooms;
  }

  @Override
  public void close() {
    listener.close();
    thread.shutdown();
  }
}
