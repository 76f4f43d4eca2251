package io.chatroom.server.front;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.ToLongFunction;

/** The {@link ConnectionWatch} of each event loop, and what they share. Thread-safe. */
public final class ConnectionWatches {

  private final Duration frameTimeout;
  private final Duration vanishedAfter;
  private final ToLongFunction<Channel> silentMillis;
  private final ConnectionLog log;
  private final WaitingBytes waiting;
  private final ConcurrentMap<EventLoop, ConnectionWatch> watches = new ConcurrentHashMap<>();

  /**
   * @param frameTimeout how long a frame that was begun may take
   * @param maxWaitingBytes how much memory may wait for the rest of frames, and for reading to go
   *     on, on all connections together
   * @param vanishedAfter how long nothing may come from a peer, not even from its operating system
   * @param silentMillis how long that has been so for a connection; 0 where nobody knows
   * @param log where it tells whom it has closed
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

  /** How much memory waits for the rest of frames, and for reading to go on. From any thread. */
  public long waitingBytes() {
    return waiting.bytes();
  }

  ConnectionWatch of(EventLoop loop) {
    return watches.computeIfAbsent(
        loop,
        key -> new ConnectionWatch(key, frameTimeout, vanishedAfter, silentMillis, waiting, log));
  }
}
