package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.transport.Abort;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the connections of one event loop once a second: whoever does not finish a frame, or
 * has vanished from the network without a word, is closed. And when memory is short, whoever costs
 * most. There is one timer for all, and none for a connection. Belongs to its event loop.
 */
final class ConnectionWatch {

  private static final long SECOND = 1;

  /** Everybody is asked for signs of life so many times before it counts as vanished. */
  private static final int ROUNDS = 12;

  private final EventLoop loop;
  private final long frameSeconds;
  private final Duration vanishedAfter;
  private final ToLongFunction<Channel> silentMillis;
  private final WaitingBytes waiting;
  private final ConnectionLog log;

  private final List<WatchedConnection> connections = new ArrayList<>();
  private @Nullable Future<?> rounds;
  private int second;

  /** Who is asked next for signs of life. */
  private int next;

  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param frameTimeout how long a frame that was begun may take
   * @param vanishedAfter how long nothing may come from a peer, not even from its operating system
   * @param silentMillis how long that has been so
   * @param waiting what all event loops hold together
   */
  ConnectionWatch(
      EventLoop loop,
      Duration frameTimeout,
      Duration vanishedAfter,
      ToLongFunction<Channel> silentMillis,
      WaitingBytes waiting,
      ConnectionLog log) {
    this.loop = loop;
    this.frameSeconds = frameTimeout.plusMillis(999).toSeconds();
    this.vanishedAfter = vanishedAfter;
    this.silentMillis = silentMillis;
    this.waiting = waiting;
    this.log = log;
    waiting.add(this);
  }

  void add(WatchedConnection connection) {
    connection.index = connections.size();
    connections.add(connection);
    if (rounds == null) {
      // With a delay: after a pause of the whole loop the seconds must not follow at once.
      rounds = loop.scheduleWithFixedDelay(this::round, SECOND, SECOND, TimeUnit.SECONDS);
    }
  }

  void remove(WatchedConnection connection) {
    held(connection, 0);
    WatchedConnection last = connections.remove(connections.size() - 1);
    if (last != connection) {
      connections.set(connection.index, last);
      last.index = connection.index;
    }
    if (connections.isEmpty() && rounds != null) {
      rounds.cancel(false);
      rounds = null;
    }
  }

  /** The clock by which connections are watched. */
  int second() {
    return second;
  }

  /** Must be called when a connection holds more or less than before. */
  void held(WatchedConnection connection, int bytes) {
    if (connection.heldBytes == 0) {
      connection.heldSince = second;
    }
    int more = bytes - connection.heldBytes;
    connection.heldBytes = bytes;
    heldBytes.addAndGet(more);
    waiting.change(more);
  }

  /** What all connections of this loop hold. From any thread. */
  long heldBytes() {
    return heldBytes.get();
  }

  /** A timer whose task throws stops, and says so to nobody. */
  private void round() {
    try {
      second++;
      closeStuck();
      closeVanished();
    } catch (RuntimeException | OutOfMemoryError e) {
      log.failed(e);
    }
  }

  private void closeStuck() {
    for (int i = connections.size() - 1; i >= 0; i--) { // backwards: whoever is closed goes
      WatchedConnection connection = connections.get(i);
      if (connection.stuckSeconds(second) >= frameSeconds) {
        connection
            .channel()
            .pipeline()
            .fireExceptionCaught(
                new ProtocolException(
                    Violation.FRAME_TIMEOUT,
                    "a frame was not complete " + frameSeconds + " s after it was begun"));
      }
    }
  }

  private void closeVanished() {
    long roundSeconds = Math.max(1, vanishedAfter.toSeconds() / ROUNDS);
    long count = (connections.size() + roundSeconds - 1) / roundSeconds;
    for (long i = 0; i < count && !connections.isEmpty(); i++) {
      next = next + 1 < connections.size() ? next + 1 : 0;
      closeIfVanished(connections.get(next).channel());
    }
  }

  private void closeIfVanished(Channel connection) {
    try {
      if (connection.isActive()
          && silentMillis.applyAsLong(connection) > vanishedAfter.toMillis()) {
        log.vanished(connection, vanishedAfter);
        Abort.close(connection);
      }
    } catch (ChannelException e) { // the operating system does not know it; the next round goes on
      log.failed(connection, e);
      Abort.close(connection);
    }
  }

  /**
   * Closes who costs most until enough is free: much for a short time is as bad as little for long.
   *
   * @param done called when that has been done
   */
  void relieve(Runnable done) {
    loop.execute(
        () -> {
          List<WatchedConnection> costly =
              new ArrayList<>(connections.stream().filter(c -> c.heldBytes > 0).toList());
          costly.sort(Comparator.comparingLong(c -> -c.cost(second)));
          try {
            for (WatchedConnection connection : costly) {
              if (!waiting.areTooMany() || heldBytes() <= waiting.fairShare()) {
                break;
              }
              log.unaffordable(connection.channel(), connection.heldBytes, waiting.bound());
              held(connection, 0);
              Abort.close(connection.channel());
            }
          } finally {
            done.run();
          }
        });
  }
}
