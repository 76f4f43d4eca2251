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
 * Checks the connections of one event loop once a second: closes those that do not complete a
 * frame, or whose peer has silently vanished, and, when memory is short, those that cost the most.
 * One timer serves all connections. Belongs to its event loop.
 */
final class ConnectionWatch implements WaitingBytes.Holder {

  /** A watched connection. */
  interface Watched {

    Channel channel();

    /**
     * The seconds that the peer has been sending one frame, without the time in which the server
     * did not read from it. Must be called every second.
     */
    int stuckSeconds(int second);

    /** Always the same object. */
    Holding holding();
  }

  /** The state that the watch keeps with each connection. */
  static final class Holding {

    private int index;
    private int bytes;
    private int since;

    /** The bytes counted for this connection. */
    int bytes() {
      return bytes;
    }

    /** The cost of its bytes so far: their number, times the seconds they were held. */
    private long cost(int second) {
      return (long) bytes * (1 + second - since);
    }
  }

  private static final long SECOND = 1;

  /**
   * How often each connection is checked for signs of life within the time {@code vanishedAfter}.
   */
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

  /** The next connection to check for signs of life. */
  private int next;

  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * @param frameTimeout the time to complete a frame, from its first byte
   * @param vanishedAfter the longest silence of a peer, including its operating system
   * @param silentMillis the time since a connection last received anything; 0 if unknown
   * @param waiting the memory held by all event loops together
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
      // With a fixed delay: after a stall of the loop, missed seconds must not be made up for.
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

  /** The clock of the watch, in seconds. */
  int second() {
    return second;
  }

  /** Counts the memory of a connection, which has changed. */
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

  /** Catches everything, as a timer whose task throws stops silently. */
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
    for (int i = connections.size() - 1; i >= 0; i--) { // backwards: closing removes from the list
      Watched connection = connections.get(i);
      if (connection.stuckSeconds(second) >= frameSeconds) {
        connection
            .channel()
            .pipeline()
            .fireExceptionCaught(
                new ProtocolException(
                    Violation.FRAME_TIMEOUT,
                    "a frame was not complete " + frameSeconds + " s after its first byte"));
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
    } catch (ChannelException e) { // unknown to the operating system; try again in the next round
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
