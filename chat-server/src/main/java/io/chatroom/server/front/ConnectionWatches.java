package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToLongFunction;

/** The {@link ConnectionWatch} of each event loop, and their shared state. Thread-safe. */
public final class ConnectionWatches {

  private final Duration frameTimeout;
  private final Duration vanishedAfter;
  private final ToLongFunction<Channel> silentMillis;
  private final ConnectionLog log;
  private final WaitingBytes waiting;
  private final ConcurrentMap<EventLoop, ConnectionWatch> watches = new ConcurrentHashMap<>();

  /**
   * @param frameTimeout how long a frame may take once begun
   * @param maxWaitingBytes how much memory all connections together may hold for unfinished frames,
   *     and for frames that wait for their turn
   * @param vanishedAfter how long nothing may come from a peer, not even from its operating system
   * @param silentMillis tells how long nothing has come on a connection; 0 if unknown
   * @param log where it logs closed connections
   */
  public ConnectionWatches(
      Duration frameTimeout,
      long maxWaitingBytes,
      Duration vanishedAfter,
      ToLongFunction<Channel> silentMillis,
      ConnectionLog log) {
    this.frameTimeout = frameTimeout;
    this.vanishedAfter = vanishedAfter;
    this.silentMillis = silentMillis;
    this.log = log;
    this.waiting = new WaitingBytes(maxWaitingBytes);
  }

  /**
   * How much memory is held for unfinished frames, and for frames that wait for their turn. From
   * any thread.
   */
  public long waitingBytes() {
    return waiting.bytes();
  }

  ConnectionWatch of(EventLoop loop) {
    return watches.computeIfAbsent(
        loop,
        key -> new ConnectionWatch(key, frameTimeout, vanishedAfter, silentMillis, waiting, log));
  }
}
