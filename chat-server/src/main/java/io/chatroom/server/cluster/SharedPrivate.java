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
 * Private rooms in a database that several servers share. Before a server posts to a private room,
 * it notifies all servers: those with sessions of either owner join the room. Servers also poll, as
 * a notification may be lost with a connection or a server.
 */
public final class SharedPrivate implements PrivateElsewhere, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(SharedPrivate.class);

  private static final String CHANNEL = "chat_private";
  private static final String NOTIFY = "SELECT pg_notify('" + CHANNEL + "', p) FROM unnest(?) p";

  /** The owners are in the name of a private room. There is an index for each expression. */
  private static final String OF_FIRST = "substring(name from '^@[^~+]+~([^~+]+)[+]')";

  private static final String OF_SECOND = "substring(name from '~([^~+]+)$')";

  private static final String NEWEST =
      """
      SELECT name FROM room
      WHERE name LIKE '@%%' AND newest > 0 AND (%s = ? OR %s = ?) ORDER BY at DESC LIMIT ?
      """
          .formatted(OF_FIRST, OF_SECOND);

  /** Rooms with recent messages, and their newest seq before those messages. */
  private static final String RECENT =
      """
      SELECT r.name, coalesce(
        (SELECT min(m.seq) - 1 FROM message m
         WHERE m.room = r.id AND m.seq > r.newest - 200 AND m.at > t.since), r.newest)
      FROM room r,
        (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint - ? AS since) t
      WHERE r.name LIKE '@%%' AND r.at > t.since AND (%s = ANY(?) OR %s = ANY(?))
      """
          .formatted(OF_FIRST, OF_SECOND);

  private static final long POLL_MILLIS = 20_000;

  /** A message may be stored this long after its notification. */
  private static final long LATE_MILLIS = 30_000;

  /** Time limit for {@link #newest}. */
  private static final long ANSWER_SECONDS = 5;

  private final SharedDatabase database;
  private final String server;
  private final ChannelListener listener;
  private final ScheduledThreadPoolExecutor thread;
  private volatile @Nullable Listener follower;

  /** By room, the newest seq before the messages to notify of. */
  private final Map<String, Long> pending = new HashMap<>();

  /** By room, when its last notification was sent or received: the owners here have joined it. */
  private final Map<String, Long> notified = new ConcurrentHashMap<>();

  // Used by the thread only.
  private long polledNanos = System.nanoTime();

  /**
   * Creates it; {@link #follow} starts it.
   *
   * @param server the id of this run of the server
   */
  public SharedPrivate(SharedDatabase database, byte[] server) {
    this.database = database;
    this.server = HexFormat.of().formatHex(server);
    this.listener = new ChannelListener(database, CHANNEL, new Notifications());
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
  public void follow(Listener receiver) {
    follower = receiver;
    listener.start();
    thread.scheduleWithFixedDelay(this::poll, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void announcePost(String room, long from) {
    notified.put(room, System.nanoTime());
    synchronized (pending) {
      boolean isFirst = pending.isEmpty();
      pending.merge(room, from, Math::min);
      if (!isFirst) {
        return;
      }
    }
    execute(this::sendNotifications);
  }

  private void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      log.debug("the server stops", e);
    }
  }

  private void sendNotifications() {
    List<String> all = new ArrayList<>();
    synchronized (pending) {
      pending.forEach((room, from) -> all.add(server + " " + from + " " + room));
      pending.clear();
    }
    try {
      database.run(
          connection -> {
            try (PreparedStatement send = connection.prepareStatement(NOTIFY)) {
              send.setArray(1, connection.createArrayOf("text", all.toArray()));
              return send.execute();
            }
          });
    } catch (IOException e) {
      log.debug("cannot notify other servers, they will poll", e);
    }
  }

  private final class Notifications implements ChannelListener.Callback {

    @Override
    public void poll() {
      execute(SharedPrivate.this::poll);
    }

    @Override
    public void notified(String payload) {
      int first = payload.indexOf(' ');
      int second = payload.indexOf(' ', first + 1);
      if (first < 0 || second < 0 || payload.startsWith(server + " ")) {
        return;
      }
      try {
        deliver(
            payload.substring(second + 1), Long.parseLong(payload.substring(first + 1, second)));
      } catch (NumberFormatException e) {
        log.debug("unknown notification: {}", payload, e);
      }
    }

    private void deliver(String room, long from) {
      Listener receiver = follower;
      if (receiver != null) {
        notified.put(room, System.nanoTime());
        receiver.onPost(room, from);
      }
    }
  }

  /** Finds recent rooms whose notification was missed. */
  private void poll() {
    Listener receiver = follower;
    Set<String> owners = receiver == null ? Set.of() : receiver.owners();
    long now = System.nanoTime();
    long since = TimeUnit.NANOSECONDS.toMillis(now - polledNanos) + LATE_MILLIS;
    notified.values().removeIf(then -> now - then > TimeUnit.MILLISECONDS.toNanos(since));
    if (receiver == null || owners.isEmpty()) {
      polledNanos = now;
      return;
    }
    try {
      Map<String, Long> rooms = database.run(connection -> recent(connection, owners, since));
      rooms.forEach(
          (room, from) -> {
            if (notified.putIfAbsent(room, now) == null) {
              receiver.onPost(room, from);
            }
          });
      polledNanos = now;
    } catch (IOException | RuntimeException e) {
      log.debug("cannot look for recent private messages", e);
    }
  }

  private static Map<String, Long> recent(
      Connection connection, Set<String> owners, long sinceMillis) throws SQLException {
    Map<String, Long> rooms = new HashMap<>();
    try (PreparedStatement ask = connection.prepareStatement(RECENT)) {
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
            return; // timed out; do not delay later requests
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
