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
final class ConnectionWatch implements WaitingBytes.Holder {

  /** A connection that is looked after. */
  interface Watched {

    Channel channel();

    /**
     * Must be called every second. For how many seconds it has been sending one thing; a time in
     * which we did not read from it does not count.
     */
    int stuckSeconds(int second);

    /** Always the same. */
    Holding holding();
  }

  /** What a watch knows of a connection, which keeps it for the watch. */
  static final class Holding {

    private int index;
    private int bytes;
    private int since;

    /** What it is counted for. */
    int bytes() {
      return bytes;
    }

    /** What its bytes cost so far: much for a short time is as bad as little for long. */
    private long cost(int second) {
      return (long) bytes * (1 + second - since);
    }
  }

  private static final long SECOND = 1;

  /** Everybody is asked for signs of life so many times before it counts as vanished. */
  private static final int ROUNDS = 12;

  private final EventLoop loop;
  private final long frameSeconds;
  private final Duration vanishedAfter;
  private final ToLongFunction<Channel> silentMillis;
  private final WaitingBytes waiting;
  private final ConnectionLog log;

  private final List<Watched> connections = new ArrayList<>();
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

  void add(Watched connection) {
    connection.holding().index = connections.size();
    connections.add(connection);
    if (rounds == null) {
      // With a delay: after a pause of the whole loop the seconds must not follow at once.
      rounds = loop.scheduleWithFixedDelay(this::round, SECOND, SECOND, TimeUnit.SECONDS);
    }
  }

  void remove(Watched connection) {
    held(connection, 0);
    Watched last = connections.remove(connections.size() - 1);
    if (last != connection) {
      connections.set(connection.holding().index, last);
      last.holding().index = connection.holding().index;
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
  void held(Watched connection, int bytes) {
    Holding holding = connection.holding();
    if (holding.bytes == 0) {
      holding.since = second;
    }
    int more = bytes - holding.bytes;
    holding.bytes = bytes;
    heldBytes.addAndGet(more);
    waiting.change(more);
  }

  @Override
  public long heldBytes() {
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
      Watched connection = connections.get(i);
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

  @Override
  public void relieve(Runnable done) {
    loop.execute(
        () -> {
          List<Watched> costly =
              new ArrayList<>(connections.stream().filter(c -> c.holding().bytes > 0).toList());
          costly.sort(Comparator.comparingLong(c -> -c.holding().cost(second)));
          try {
            for (Watched connection : costly) {
              if (!waiting.areTooMany() || heldBytes() <= waiting.fairShare()) {
                break;
              }
              log.unaffordable(connection.channel(), connection.holding().bytes, waiting.bound());
              held(connection, 0);
              Abort.close(connection.channel());
            }
          } finally {
            done.run();
          }
        });
  }
}
