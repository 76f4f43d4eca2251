package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.Abort;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handshake that waits for its turn. */
class HandshakeTest {

  @TempDir static Path keys;

  private final CountDownLatch end = new CountDownLatch(1);
  private ServerTls tls;
  private BlockingQueue<Runnable> queue;
  private int before;
  private EmbeddedChannel connection;

  /** Makes all threads for handshakes busy, and begins one more handshake. */
  @BeforeEach
  void open() throws Exception {
    tls = ServerTls.selfSigned(keys, false);
    ThreadPoolExecutor threads = (ThreadPoolExecutor) tls.handshakes();
    CountDownLatch busy = new CountDownLatch(threads.getCorePoolSize());
    for (int i = 0; i < threads.getCorePoolSize(); i++) {
      threads.execute(
          () -> {
            busy.countDown();
            awaitQuietly(end);
          });
    }
    busy.await();
    queue = threads.getQueue();
    before = queue.size();
    ConnectionLog log = new ConnectionLog(false, Metrics.NOOP);
    connection =
        new EmbeddedChannel(
            new FrontDoors(
                List.of(),
                Duration.ofSeconds(10),
                new ConnectionLimits(100, 0, false, address -> false, log),
                new ConnectionWatches(
                    Duration.ofSeconds(30), 1_000_000, Duration.ofMinutes(3), channel -> 0, log),
                log,
                tls));
    connection.writeInbound(hello());
    assertThat(queue).hasSize(before + 1);
  }

  @AfterEach
  void close() {
    end.countDown();
    tls.close();
    Abort.close(connection);
    connection.finishAndReleaseAll();
  }

  /** Peers that send a hello and disconnect, again and again, must not fill the memory. */
  @Test
  void dropsTheHandshakeOfAClosedConnection() {
    Abort.close(connection);

    assertThat(queue).hasSize(before);
  }

  /** A close_notify would wait for the handshake, and the connection would count until then. */
  @Test
  void sendsNoCloseNotifyOnABrokenConnection() {
    connection.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));

    assertThat(connection.isOpen()).isFalse();
    assertThat(queue).hasSize(before);
  }

  private static Object hello() throws IOException {
    EmbeddedChannel client = new EmbeddedChannel();
    client
        .pipeline()
        .addLast(
            SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .build()
                .newHandler(client.alloc()));
    Object hello = client.readOutbound();
    client.finishAndReleaseAll();
    return hello;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
