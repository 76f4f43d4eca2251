package io.chatroom.server;

import io.chatroom.server.transport.Transport;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Starts and ends the threads that all connections run on. */
final class EventLoops {

  private static final Duration SHUTDOWN = Duration.ofMillis(500);

  private EventLoops() {}

  static EventLoopGroup start(int threads, Transport transport) throws IOException {
    try {
      return new MultiThreadIoEventLoopGroup(
          threads, new DefaultThreadFactory("chat"), transport.ioHandlers());
    } catch (IllegalStateException e) {
      throw new IOException(
          "cannot start "
              + threads
              + " event loops, choose fewer with --event-loops or allow more open files",
          e);
    }
  }

  /** Cuts off every open connection and blocks until the threads end, or half a second. */
  static void shutDown(EventLoopGroup loops) {
    loops
        .shutdownGracefully(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN.toMillis());
  }
}
