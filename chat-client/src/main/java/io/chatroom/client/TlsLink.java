package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.netty.util.concurrent.Future;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * TLS on one connection of a client. Handlers behind it see an ordinary connection: failures are an
 * {@link java.io.IOException}, and close_notify ends the stream as a FIN does. A FIN alone ends it,
 * too; so an attacker on the path can cut a conversation off, but neither read nor change it.
 *
 * <p>Any thread may begin a handshake; any but the event loop of its channel may wait for one.
 */
public final class TlsLink {

  /** Maximum time for sending close_notify. */
  private static final long LAST_WORDS_MILLIS = 500;

  /** Java's report, in any locale, of the alert with which the peer refused. */
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_0-9]{1,40})");

  private TlsLink() {}

  /**
   * Puts TLS in front of the handlers of an open connection, and begins the handshake. Writes wait
   * until it is done.
   *
   * @param server the server that {@code trust} checks
   * @param timeout maximum time for the handshake
   * @return completes after the handshake
   */
  public static Future<Channel> begin(
      Channel channel, ServerAddress server, TlsTrust trust, Duration timeout) {
    SslHandler tls = new SslHandler(trust.engine(server));
    tls.setHandshakeTimeoutMillis(timeout.toMillis());
    tls.setCloseNotifyFlushTimeoutMillis(LAST_WORDS_MILLIS);
    channel.pipeline().addFirst(tls, new Adapter());
    channel.read();
    return tls.handshakeFuture();
  }

  /**
   * The same, and blocks until it is done.
   *
   * @throws ChatException if the server is not trusted, or does not speak TLS; its message says why
   */
  public static void shakeHands(
      Channel channel, ServerAddress server, TlsTrust trust, Duration timeout)
      throws ChatException {
    Future<Channel> handshake = begin(channel, server, trust, timeout);
    try {
      handshake.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ChatException(
          "connecting was interrupted", new InterruptedIOException("connecting"));
    }
    if (!handshake.isSuccess()) {
      throw explain(server, handshake.cause());
    }
  }

  /** Why a handshake failed, as a sentence for people. */
  public static ChatException explain(ServerAddress server, Throwable failure) {
    ChatException refusal = TlsTrust.refusal(failure);
    if (refusal != null) {
      return refusal;
    }
    String where = VisibleText.of(server.toString());
    if (failure instanceof SslHandshakeTimeoutException) {
      return new ChatException(
          where + " did not answer in TLS in time: check that it speaks TLS on this port", failure);
    }
    if (failure instanceof SSLException && !(failure instanceof NotSslRecordException)) {
      Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
      return new ChatException(
          alert.find()
              ? where
                  + " refused TLS with the alert "
                  + alert.group(1)
                  + ": check that it speaks TLS 1.2 or 1.3, and look into its log"
              : "no TLS with "
                  + where
                  + ": its answer is not valid TLS 1.2 or 1.3; check which server runs there",
          failure);
    }
    return new ChatException(
        where + " did not answer in TLS: check that it speaks TLS on this port", failure);
  }

  /** Ends our side of the stream: close_notify, then FIN. */
  public static ChannelFuture endOutput(Channel channel) {
    ChannelPromise ended = channel.newPromise();
    channel
        .pipeline()
        .get(SslHandler.class)
        .closeOutbound()
        .addListener(said -> ((SocketChannel) channel).shutdownOutput(ended));
    return ended;
  }

  private static final class Adapter extends ChannelDuplexHandler {

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof SslCloseCompletionEvent close && close.isSuccess()) {
        ctx.close();
      }
      ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      Throwable reason = cause;
      while (reason != null && !(reason instanceof SSLException)) {
        reason = reason.getCause();
      }
      ctx.fireExceptionCaught(reason == null ? cause : reason);
    }
  }
}
