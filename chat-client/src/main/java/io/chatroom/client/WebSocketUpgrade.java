package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Upgrades an HTTP connection to a WebSocket (RFC 6455), and then replaces itself with the handlers
 * of a session, before the first message can arrive.
 */
final class WebSocketUpgrade extends SimpleChannelInboundHandler<FullHttpResponse> {

  static final String SUBPROTOCOL = "chatroom.2";
  private static final int MAX_RESPONSE_BYTES = 64 * 1024;

  private final String shownServer;
  private final Handshaker handshaker;
  private final int maxBytes;
  private final List<ChannelHandler> session;
  private final ChannelPromise done;

  private WebSocketUpgrade(
      SessionAddress address, int maxBytes, List<ChannelHandler> session, ChannelPromise done) {
    this.shownServer = VisibleText.of(address.toString());
    this.handshaker = new Handshaker(address, maxBytes);
    this.maxBytes = maxBytes;
    this.session = session;
    this.done = done;
  }

  /**
   * Begins, on the event loop.
   *
   * @param maxBytes maximum size of a message
   * @param session the handlers for the WebSocket
   * @param done completed with the outcome
   */
  static void begin(
      Channel channel,
      SessionAddress address,
      int maxBytes,
      List<ChannelHandler> session,
      ChannelPromise done) {
    WebSocketUpgrade upgrade = new WebSocketUpgrade(address, maxBytes, session, done);
    channel
        .pipeline()
        .addLast(new HttpClientCodec(), new HttpObjectAggregator(MAX_RESPONSE_BYTES), upgrade);
    channel.config().setAutoRead(true);
    upgrade
        .handshaker
        .handshake(channel)
        .addListener(
            asked -> {
              if (!asked.isSuccess()) {
                upgrade.fail(channel, asked.cause());
              }
            });
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      fail(
          ctx.channel(),
          new ChatException(
              shownServer
                  + " refuses a WebSocket with the HTTP status "
                  + response.status().code()
                  + ": check that a chat server with sessions is there, and the path"));
      return;
    }
    try {
      handshaker.finishHandshake(ctx.channel(), response);
    } catch (WebSocketHandshakeException e) {
      fail(
          ctx.channel(),
          new ChatException(
              shownServer + " does not agree to a WebSocket for " + SUBPROTOCOL + " in order", e));
      return;
    }
    ctx.pipeline().addLast(new WebSocketFrameAggregator(maxBytes));
    session.forEach(ctx.pipeline()::addLast);
    ctx.pipeline().remove(this);
    done.trySuccess();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx.channel(), cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx.channel(), null);
  }

  private void fail(Channel channel, @Nullable Throwable cause) {
    done.tryFailure(
        cause instanceof ChatException
            ? cause
            : new ChatException(
                shownServer
                    + " did not answer the request for a WebSocket in HTTP: check that a chat"
                    + " server with sessions is there",
                cause));
    channel.close();
  }

  /** Sends no Origin: only browsers have one (S-06). */
  private static final class Handshaker extends WebSocketClientHandshaker13 {

    Handshaker(SessionAddress address, int maxBytes) {
      super(
          URI.create("ws://host" + address.path()), // the host goes into a header of its own
          WebSocketVersion.V13,
          SUBPROTOCOL,
          false,
          host(address),
          maxBytes);
    }

    private static HttpHeaders host(SessionAddress address) {
      int port = address.server().port();
      String host = address.server().toString();
      String standard = address.way() == SessionAddress.Way.WS ? ":80" : ":443";
      return new DefaultHttpHeaders()
          .set(
              HttpHeaderNames.HOST,
              standard.equals(":" + port)
                  ? host.substring(0, host.length() - standard.length())
                  : host);
    }

    @Override
    protected FullHttpRequest newHandshakeRequest() {
      FullHttpRequest request = super.newHandshakeRequest();
      request.headers().remove(HttpHeaderNames.ORIGIN);
      return request;
    }
  }
}
