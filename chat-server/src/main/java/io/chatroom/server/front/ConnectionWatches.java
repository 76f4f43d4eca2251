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
   * @param frameTimeout the time to complete a frame, from its first byte
   * @param maxWaitingBytes the most memory of all connections together for unfinished frames, and
   *     for frames that wait for their turn
   * @param vanishedAfter the longest silence of a peer, including its operating system
   * @param silentMillis the time since a connection last received anything; 0 if unknown
   * @param log logs closed connections
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
   * The bytes of memory held for unfinished frames, and for frames that wait for their turn. Called
   * from any thread.
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
