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
 * Answers the requests of a connection, one after the other. Each has to be complete in time, a
 * body is read and dropped, and a connection ends in a way that lets the peer read its last answer:
 * our end of the stream first, then a moment in which whatever still comes is dropped. To be closed
 * with unread bytes would be a reset, which takes the answer with it.
 *
 * <p>While an answer takes its time nothing is read; what a read has brought already waits.
 */
final class RequestHandler extends SimpleChannelInboundHandler<HttpObject> {

  private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

  /** How long a request, and the silence before it, may take. */
  private static final long REQUEST_SECONDS = 10;

  /** How long the peer may take to close after our end of the stream. */
  private static final long GOODBYE_SECONDS = 2;

  /** So much of a body is read; whoever sends more does not want to be understood. */
  private static final int MAX_BODY_BYTES = 64 * 1024;

  /** A shorter answer is not worth compressing. */
  private static final int COMPRESSED_FROM_BYTES = 1_024;

  private static final Pattern GZIP =
      Pattern.compile("(?i)(?:^|,)\\s*gzip\\s*(?:;\\s*q\\s*=\\s*(?<weight>[0-9.]+)\\s*)?(?=,|$)");

  /** A connection that is kept for more than that may make way for others. */
  static final int MAX_REQUESTS = 1_000;

  private final Map<String, Page> pages;

  /** What one read has brought while an answer took its time. */
  private final Queue<HttpObject> waiting = new ArrayDeque<>();

  private @Nullable Future<?> deadline;
  private int requests;
  private boolean head;
  private boolean gzip;
  private int bodyBytes;

  /** A request has come, and its answer has not left. */
  private boolean answering;

  /** The request has come to its end. */
  private boolean complete;

  /** The peer sends nothing any more. */
  private boolean inputEnded;

  /** No further request is answered. */
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

  /** Does what is due: what waits, then the end, or reading on. */
  private void goOn(ChannelHandlerContext ctx) {
    if (goingOn) {
      return; // an answer that left at once
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

  /** The request is here, and its answer is not. */
  private boolean isBusy() {
    return answering && complete;
  }

  private void take(ChannelHandlerContext ctx, HttpObject object) {
    if (last && !answering) {
      return; // whatever comes after the last answer
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
      complete = true; // nothing that follows can be told from anything else
      answer(ctx, Reply.line(400, "this is not an HTTP request, or too long a one"));
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

  /** By gzip alone, which all that ask for metrics know (RFC 9110, 12.5.3). */
  private static boolean takesGzip(HttpRequest request) {
    Matcher gzip =
        GZIP.matcher(String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT_ENCODING)));
    return gzip.find() && !(gzip.group("weight") != null && gzip.group("weight").matches("[0.]+"));
  }

  private static boolean isHead(HttpRequest request) {
    return request.method().equals(HttpMethod.HEAD);
  }

  /** What is asked for, also where a proxy is told the whole address (RFC 9112, 3.2.2). */
  private static String path(String target) {
    String path = target;
    if (!target.startsWith("/")) {
      try {
        path = String.valueOf(URI.create(target).getRawPath());
      } catch (IllegalArgumentException e) {
        return target; // which no page is called
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
        // said in any case: a client of HTTP/1.0 that has asked for it waits for the end otherwise
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

  /** A peer may end its stream with its request, and still wait for the answer. */
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
      return; // too many requests, none of which is answered any more
    }
    log.debug("{} broke: {}", ctx.channel(), cause.toString());
    ctx.close();
  }
}
