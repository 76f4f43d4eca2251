package io.chatroom.server.front;

import static org.assertj.core.api.Assertions.assertThat;

import io.chatroom.server.StickySocket;
import io.chatroom.server.tls.ServerTls;
import io.chatroom.server.transport.Abort;
import io.chatroom.server.transport.NoReadAfterEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Writes of a room to a TLS member whose network stops taking them. */
class TlsConnectionTest {

  @TempDir static Path keys;

  private final StickySocket server = new StickySocket();
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final ByteBuf heard = Unpooled.buffer();
  private TlsConnection connection;
  private ChannelHandlerContext out;

  @BeforeEach
  void shakeHands() throws IOException {
    try (ServerTls tls = ServerTls.selfSigned(keys, false)) {
      TlsHandler handler = new TlsHandler(tls.engine(), Runnable::run);
      connection = new TlsConnection(handler);
      server.pipeline().addLast(handler, connection, new NoReadAfterEnd());
    }
    out = server.pipeline().lastContext();
    SslHandler theirs =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.JDK)
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .build()
            .newHandler(client.alloc());
    client.pipeline().addLast(theirs);
    while (!theirs.handshakeFuture().isDone() || client.outboundMessages().size() > 0) {
      carry(client, server);
      carry(server, client);
    }
    assertThat(theirs.handshakeFuture().isSuccess()).isTrue();
  }

  @AfterEach
  void close() {
    Abort.close(server); // an orderly close would wait for the stalled network
    server.finishAndReleaseAll();
    client.finishAndReleaseAll();
    heard.release();
  }

  @Test
  void encryptsAtMostOnePieceForAMemberThatDoesNotRead() {
    ByteBuf burst = random(1_000_000);
    server.stick();
    for (int i = 0; i < 3; i++) {
      out.writeAndFlush(burst.retainedDuplicate(), out.voidPromise());
    }
    ChannelFuture taken = out.writeAndFlush(Unpooled.EMPTY_BUFFER);

    assertThat(connection.hasPassedOnAll()).isFalse();
    assertThat(server.unsafe().outboundBuffer().totalPendingWriteBytes())
        .isBetween((long) TlsConnection.PIECE_BYTES, TlsConnection.PIECE_BYTES + 1_000L);
    assertThat(burst.refCnt()).as("the rest is shared").isGreaterThan(3);
    assertThat(taken.isDone()).isFalse();

    server.unstick();
    settle();
    assertThat(connection.hasPassedOnAll()).isTrue();
    assertThat(taken.isSuccess()).isTrue();
    assertThat(heard.readableBytes()).isEqualTo(3_000_000);
    for (int i = 0; i < 3; i++) {
      assertThat(heard.readSlice(1_000_000)).isEqualTo(burst);
    }
    assertThat(burst.refCnt()).isEqualTo(1);
    burst.release();
  }

  @Test
  void encryptsTheNextPieceWhenTheNetworkTakesOne() {
    ByteBuf burst = random(3 * TlsConnection.PIECE_BYTES);
    server.stick();
    out.writeAndFlush(burst.retainedDuplicate(), out.voidPromise());

    for (int pieces = 1; pieces <= 3; pieces++) {
      assertThat(connection.hasPassedOnAll()).isEqualTo(pieces == 3);
      server.take();
      settle();
      assertThat(heard.readableBytes()).isEqualTo(pieces * TlsConnection.PIECE_BYTES);
    }
    assertThat(heard).isEqualTo(burst);
    burst.release();
  }

  @Test
  void dropsUnencryptedDataWhenItCloses() {
    ByteBuf burst = random(1_000_000);
    server.stick();
    out.writeAndFlush(burst.retainedDuplicate(), out.voidPromise());
    ChannelFuture taken = out.writeAndFlush(Unpooled.EMPTY_BUFFER);

    out.close();
    assertThat(taken.isDone()).isTrue();
    assertThat(taken.isSuccess()).isFalse();
    Abort.close(server);
    assertThat(burst.refCnt()).isEqualTo(1);
    burst.release();
  }

  /** Waiting for the network must not send a record each time. */
  @Test
  void anEmptyWriteSendsNothing() {
    assertThat(out.writeAndFlush(Unpooled.EMPTY_BUFFER).isSuccess()).isTrue();

    ByteBuf written = server.readOutbound();
    while (written != null) {
      assertThat(written.isReadable()).isFalse();
      written.release();
      written = server.readOutbound();
    }
  }

  private static ByteBuf random(int bytes) {
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    return Unpooled.wrappedBuffer(content);
  }

  private void settle() {
    server.runPendingTasks();
    carry(server, client);
  }

  private void carry(EmbeddedChannel from, EmbeddedChannel to) {
    from.runPendingTasks();
    for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
      to.writeInbound(bytes);
    }
    for (ByteBuf bytes = client.readInbound(); bytes != null; bytes = client.readInbound()) {
      heard.writeBytes(bytes);
      bytes.release();
    }
  }
}
