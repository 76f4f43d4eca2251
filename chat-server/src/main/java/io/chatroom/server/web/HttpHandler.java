package io.chatroom.server.web;

import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionFailure;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers the one request of a connection: it becomes a WebSocket, or gets a sentence and ends.
 * Then it ends in a way that lets the peer read the answer: our end of the stream first, then a
 * moment in which whatever still comes is dropped. To be closed with unread bytes would be a reset,
 * which takes the answer with it.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {

  /** How long the peer may take to close after our end of the stream. */
  private static final long GOODBYE_SECONDS = 2;

  private static final String TEXT = "text/plain; charset=utf-8";

  private final Newcomer newcomer;
  private final WebSockets webSockets;
  private final Origins allowed;
  private final ConnectionLog log;

  /** It gets a WebSocket when it has come to its end. */
  private @Nullable HttpRequest wish;

  private boolean answered;
  private boolean inputEnded;

  HttpHandler(Newcomer newcomer, WebSockets webSockets, Origins allowed, ConnectionLog log) {
    this.newcomer = newcomer;
    this.webSockets = webSockets;
    this.allowed = allowed;
    this.log = log;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (answered) {
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(ctx, request);
      } else if (wish != null && message instanceof HttpContent content) {
        if (content.content().isReadable() || content.decoderResult().isFailure()) {
          answer(
              ctx,
              new Refusal(HttpResponseStatus.BAD_REQUEST, "A WebSocket's request has no body."),
              false);
        } else if (content instanceof LastHttpContent) {
          upgrade(ctx, wish);
        }
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    Refusal refusal = Refusal.of(request, allowed);
    if (refusal == null) {
      wish = request;
    } else {
      answer(ctx, refusal, request.method().equals(HttpMethod.HEAD));
    }
  }

  /** What its peer has sent too early is its first message: it goes on behind the decoder. */
  private void upgrade(ChannelHandlerContext ctx, HttpRequest request) {
    ctx.writeAndFlush(Handshake.agree(request));
    ChannelPipeline pipeline = ctx.pipeline();
    webSockets.carry(newcomer);
    pipeline.remove(this);
    pipeline.remove(WatchedRequest.class);
    pipeline.remove(HttpResponseEncoder.class);
    pipeline.remove(RequestDecoder.class);
  }

  private void answer(ChannelHandlerContext ctx, Refusal refusal, boolean head) {
    answered = true;
    newcomer.endDeadline();
    ByteBuf body = ByteBufUtil.writeUtf8(ctx.alloc(), refusal.sentence() + "\n");
    int length = body.readableBytes();
    if (head) {
      body.release();
      body = Unpooled.EMPTY_BUFFER;
    }
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, refusal.status(), body);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, TEXT)
        .set(HttpHeaderNames.CONTENT_LENGTH, length)
        .set("x-content-type-options", "nosniff")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    refusal.addTo(response.headers());
    ctx.writeAndFlush(response);
    ctx.pipeline().remove(RequestDecoder.class); // what still comes is not looked at
    ctx.executor().schedule(() -> Abort.close(ctx.channel()), GOODBYE_SECONDS, TimeUnit.SECONDS);
    Outlet outlet = newcomer.outlet();
    outlet
        .taken()
        .addListener(
            taken -> {
              if (inputEnded) {
                ctx.close();
              } else if (ctx.channel().isActive()) {
                outlet.endStream();
              }
            });
  }

  /** A peer may end its stream with its request, and still wait for the answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (answered) {
        newcomer.outlet().taken().addListener(taken -> ctx.close());
      } else {
        ctx.close(); // with half a request
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, false, log);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    newcomer.endDeadline();
    log.leftUnregistered(ctx.channel());
  }
}
