package io.chatroom.server.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of a connection, one after the other. Each must be complete in time; a body
 * is read and dropped. To let the peer read its last answer, a connection first ends our side, and
 * then for a moment reads and drops what still arrives: closing with unread bytes would send a
 * reset, which destroys the answer.
 *
 * <p>While an answer is being made nothing is read; requests that were read already wait.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject> {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  /** Time limit for a request, including the silence before it. */
  private static final long REQUEST_SECONDS = 10;

  /** Time limit for the peer to close after we have ended our side. */
  private static final long GOODBYE_SECONDS = 2;

  /** Maximum number of bytes read of a body; a longer one closes the connection. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  /** The shortest answer worth compressing. */
  private static final int COMPRESSED_FROM_BYTES = 1_024;

  private static final Pattern GZIP =
      Pattern.compile("(?i)(?:^|,)\\s*gzip\\s*(?:;\\s*q\\s*=\\s*(?<weight>[0-9.]+)\\s*)?(?=,|$)");

  /** A connection is closed after this many requests, to make way for others. */
  static final int MAX_REQUESTS = 1_000;

  private final Map<String, Page> pages;

  /** Requests that were read while an answer was being made. */
  private final Queue<HttpObject> waiting = new ArrayDeque<>();

  private @Nullable Future<?> deadline;
  private int requests;
  private boolean head;
  private boolean gzip;
  private int bodyBytes;

  /** True if a request has arrived and its answer is not sent. */
  private boolean answering;

  /** The request is complete. */
  private boolean complete;

  /** True if the peer has ended its side. */
  private boolean inputEnded;

  /** True if no further request will be answered. */
  private boolean last;

  private boolean leaving;
  private boolean goingOn;

  RequestHandler(Map<String, Page> pages) {
    super(HttpObject.class);
    this.pages = pages;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    endsAfter(ctx, REQUEST_SECONDS);
  }

  private void endsAfter(ChannelHandlerContext ctx, long seconds) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline = ctx.executor().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject object) {
    waiting.add(ReferenceCountUtil.retain(object));
    goOn(ctx);
  }

  /** Continues with waiting requests, else with the end of the connection, else by reading. */
  private void goOn(ChannelHandlerContext ctx) {
    if (goingOn) {
      return; // the answer was sent at once
    }
    goingOn = true;
    while (!isBusy() && !waiting.isEmpty()) {
      HttpObject next = waiting.remove();
      take(ctx, next);
      ReferenceCountUtil.release(next);
    }
    goingOn = false;
    if (last && !answering) {
      leave(ctx);
    } else if (!answering && inputEnded) {
      ctx.close();
    }
    ctx.channel().config().setAutoRead(!isBusy());
  }

  /** Returns true if the request is complete and its answer is not. */
  private boolean isBusy() {
    return answering && complete;
  }

  private void take(ChannelHandlerContext ctx, HttpObject object) {
    if (last && !answering) {
      return; // drop anything after the last answer
    }
    if (object instanceof HttpRequest request) {
      begin(ctx, request);
    }
    if (object instanceof HttpContent content) {
      bodyBytes += content.content().readableBytes();
      complete = content instanceof LastHttpContent;
      last |= bodyBytes > MAX_BODY_BYTES || content.decoderResult().isFailure();
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest request) {
    requests++;
    head = isHead(request);
    gzip = takesGzip(request);
    bodyBytes = 0;
    complete = false;
    answering = true;
    boolean broken = request.decoderResult().isFailure();
    last |= broken || requests == MAX_REQUESTS || !HttpUtil.isKeepAlive(request);
    boolean known = request.method().equals(HttpMethod.GET) || isHead(request);
    if (broken) {
      complete = true; // what follows cannot be parsed
      answer(ctx, Reply.line(400, "this is not an HTTP request, or it is too long"));
    } else if (!known) {
      answer(ctx, Reply.line(405, "expected GET or HEAD"));
    } else {
      Page page = pages.get(path(request.uri()));
      if (page == null) {
        answer(
            ctx,
            Reply.line(404, "expected one of " + String.join(", ", new TreeSet<>(pages.keySet()))));
      } else {
        look(ctx, page, String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT)));
      }
    }
  }

  /** Compresses with gzip only, which all scrapers support (RFC 9110, 12.5.3). */
  private static boolean takesGzip(HttpRequest request) {
    Matcher gzip =
        GZIP.matcher(String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING)));
    return gzip.find() && !(gzip.group("weight") != null && gzip.group("weight").matches("[0.]+"));
  }

  private static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** The path of a request, even if it is in absolute form, as for a proxy (RFC 9112, 3.2.2). */
  private static String path(String target) {
    String path = target;
    if (!target.startsWith("/")) {
      try {
        path = String.valueOf(URI.create(target).getRawPath());
      } catch (IllegalArgumentException e) {
        return target; // matches no page
      }
    }
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private void look(ChannelHandlerContext ctx, Page page, String accept) {
    page.look(accept)
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

  private void answer(ChannelHandlerContext ctx, Reply reply) {
    boolean compress = gzip && reply.body().length >= COMPRESSED_FROM_BYTES;
    byte[] body = compress ? compressed(reply.body()) : reply.body();
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(reply.status()),
            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, reply.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.VARY, "Accept, Accept-Encoding")
        // always set: a client of HTTP/1.0 that asked to keep the connection needs to know
        .set(
            HttpHeaderNames.CONNECTION,
            last ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    if (compress) {
      response.headers().set(HttpHeaderNames.CONTENT_ENCODING, HttpHeaderValues.GZIP);
    }
    if (reply.status() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    ctx.writeAndFlush(response).addListener((ChannelFuture sent) -> answered(ctx, sent));
  }

  private static byte[] compressed(byte[] body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(body);
    } catch (IOException e) {
      throw new UncheckedIOException("an array that cannot be written to", e);
    }
    return bytes.toByteArray();
  }

  private void answered(ChannelHandlerContext ctx, ChannelFuture sent) {
    answering = false;
    if (!sent.isSuccess()) {
      ctx.close();
      return;
    }
    if (!last) {
      endsAfter(ctx, REQUEST_SECONDS);
    }
    goOn(ctx);
  }

  private void leave(ChannelHandlerContext ctx) {
    if (inputEnded) {
      ctx.close();
    } else if (!leaving) {
      leaving = true;
      endsAfter(ctx, GOODBYE_SECONDS);
      ((DuplexChannel) ctx.channel()).shutdownOutput();
    }
  }

  /** The peer can end its side right after a request and still wait for the answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      goOn(ctx);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof DecoderException && leaving) {
      return; // too many requests; none of them is answered
    }
    log.debug("{} broke: {}", ctx.channel(), cause.toString());
    ctx.close();
  }
}
