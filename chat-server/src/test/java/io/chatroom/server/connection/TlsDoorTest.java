package io.chatroom.server.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.room.Abort;
import io.chatroom.server.tls.ServerTls;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsDoorTest {

  @TempDir static Path keys;

  /** Who says hello and goes at once, again and again, must not fill the memory. */
  @Test
  void forgetsTheHandshakeOfAConnectionThatHasGone() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    try (ServerTls tls = ServerTls.selfSigned(keys, false)) {
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
      BlockingQueue<Runnable> queue = threads.getQueue();
      int before = queue.size();

      EmbeddedChannel connection = new EmbeddedChannel(new TlsDoor(tls, new NoReadAfterEnd()));
      connection.writeInbound(hello());
      assertThat(queue).hasSize(before + 1);
      Abort.close(connection);

      assertThat(queue).hasSize(before);
      connection.finishAndReleaseAll();
    } finally {
      end.countDown();
    }
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
