package io.chatroom.server.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the first request of a connection and closes it. Whatever comes after that, or never
 * comes, costs nothing: a connection lives for so long and no longer.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  private static final long LONGEST_LIFE_SECONDS = 10;

  private final Map<String, Page> pages;
  private boolean asked;

  RequestHandler(Map<String, Page> pages) {
    this.pages = pages;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.executor().schedule(() -> ctx.close(), LONGEST_LIFE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message); // no request to here has a body that matters
    if (asked || !(message instanceof HttpRequest request)) {
      return;
    }
    asked = true;
    if (request.decoderResult().isFailure()) {
      answer(ctx, Reply.line(400, "this is not an HTTP request, or too long a one"));
    } else if (!request.method().equals(HttpMethod.GET)) {
      answer(ctx, Reply.line(405, "expected GET"));
    } else {
      Page page = pages.get(path(request.uri()));
      if (page == null) {
        answer(
            ctx,
            Reply.line(404, "expected one of " + String.join(", ", new TreeSet<>(pages.keySet()))));
      } else {
        look(ctx, page);
      }
    }
  }

  private static String path(String uri) {
    int query = uri.indexOf('?');
    return query < 0 ? uri : uri.substring(0, query);
  }

  private static void look(ChannelHandlerContext ctx, Page page) {
    page.look()
        .whenComplete(
            (reply, failure) -> {
              if (failure != null) {
                log.error("a page of the admin endpoint failed", failure);
              }
              ctx.executor()
                  .execute(
                      () ->
                          answer(
                              ctx,
                              reply != null
                                  ? reply
                                  : Reply.line(500, "internal error, see the log")));
            });
  }

  private static void answer(ChannelHandlerContext ctx, Reply reply) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            Unpooled.wrappedBuffer(reply.body()));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (reply.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, HttpMethod.GET);
    }
    ctx.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    log.debug("{} broke: {}", ctx.channel(), cause.toString());
    ctx.close();
  }
}
