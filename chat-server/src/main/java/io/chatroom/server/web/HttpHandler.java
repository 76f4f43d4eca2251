package io.chatroom.server.web;

import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionFailure;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.metrics.RequestKind;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Pieces;
import io.chatroom.server.transport.Abort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers the requests of a connection, one after the other. While one is answered, and while its
 * answer is not taken, nothing is read: what a peer sends in advance waits where TCP holds it. Each
 * request has to be complete in time, counted from its first byte.
 *
 * <p>A connection ends in a way that lets the peer read the last answer: our end of the stream
 * first, then a moment in which whatever still comes is dropped. To be closed with unread bytes
 * would be a reset, which takes the answer with it.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {

  /** How long a connection may be silent between an answer and the next request. */
  static final long IDLE_SECONDS = 60;

  /** In so many seconds a peer has to take something of its answer. */
  static final long STALLED_SECONDS = 30;

  /** How long the peer may take to close after our end of the stream. */
  private static final long GOODBYE_SECONDS = 2;

  /** What all connections share. */
  record Shared(
      Routes routes,
      WebSockets webSockets,
      Origins allowed,
      int maxBodyBytes,
      ConnectionLog log,
      Metrics metrics) {}

  private enum State {
    /** A request, or the rest of it. */
    AWAITING,
    /** A request is complete, and its answer is not given or not taken. */
    ANSWERING,
    /** The answer goes on until the connection ends. */
    STREAMING,
    /** Nothing is answered any more. */
    LEAVING
  }

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final List<String> WEBSOCKET = List.of("ws");

  private final Newcomer newcomer;
  private final Shared all;
  private final RequestDecoder decoder;
  private final Outlet outlet;
  private final Intake intake;

  private State state = State.AWAITING;
  private @Nullable HttpRequest request;
  private @Nullable Target target;
  private RequestKind kind = RequestKind.OTHER;
  private @Nullable Route route;

  /** The answer to a request of which the end has not come. */
  private @Nullable Answer refusal;

  private @Nullable ByteBuf body;

  /** The connection ends behind the answer. */
  private boolean last;

  private boolean inputEnded;
  private long requests;
  private int unsentBytes;
  private @Nullable Future<?> idle;
  private long idleSince;
  private @Nullable Runnable whenGone;
  private boolean gone;

  HttpHandler(Newcomer newcomer, Shared all, RequestDecoder decoder) {
    this.newcomer = newcomer;
    this.all = all;
    this.decoder = decoder;
    this.outlet = newcomer.outlet();
    this.intake = new Intake(newcomer.place());
  }

  /** How much memory it holds: for the rest of a body to come, and of an answer to be taken. */
  int heldBytes() {
    return (body == null ? 0 : body.capacity()) + unsentBytes;
  }

  /** How many requests were complete. */
  long requests() {
    return requests;
  }

  // ---- a request comes in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.AWAITING && message instanceof HttpRequest next) {
        begin(ctx, next);
      }
      if (state == State.AWAITING && message instanceof HttpContent content) {
        take(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (state == State.AWAITING && decoder.hasBegun()) {
      newcomer.beginDeadline();
    }
  }

  private void begin(ChannelHandlerContext ctx, HttpRequest next) {
    request = next;
    kind = RequestKind.OTHER;
    target = null;
    route = null;
    last = !HttpUtil.isKeepAlive(next);
    Answer broken = Refusal.ofBroken(next);
    if (broken != null) {
      answerNow(ctx, broken);
      return;
    }
    refusal = refusalOf(next);
    boolean hasBody = HttpUtil.isTransferEncodingChunked(next) || length(next) > 0;
    if (refusal == null && length(next) > all.maxBodyBytes()) {
      refusal = tooLarge();
    }
    if (refusal != null && hasBody) {
      answerNow(ctx, refusal);
    } else if (hasBody && HttpUtil.is100ContinueExpected(next)) {
      send(ctx, HttpResponseStatus.CONTINUE, new DefaultHttpHeaders(), Unpooled.EMPTY_BUFFER);
    }
  }

  private static long length(HttpRequest request) {
    return HttpUtil.getContentLength(request, 0L);
  }

  private Answer tooLarge() {
    return refusal(413, "The body is too long, expected at most " + all.maxBodyBytes() + " bytes.");
  }

  private Answer refusal(int status, String sentence) {
    return target == null
        ? Answer.sentence(status, sentence)
        : all.routes().refusal(target.path(), status, sentence);
  }

  /** Finds who answers. Null if somebody does. */
  private @Nullable Answer refusalOf(HttpRequest next) {
    Answer wrong = Refusal.ofHead(next);
    if (wrong != null) {
      last = true;
      return wrong;
    }
    try {
      target = Target.of(next.uri());
    } catch (IllegalArgumentException e) {
      return Answer.sentence(400, "The path is not encoded as it has to be.");
    }
    if (target == null) {
      return Answer.sentence(405, "Expected a path, and GET or HEAD.").with("allow", "GET, HEAD");
    }
    if (target.path().equals(WEBSOCKET)) {
      kind = RequestKind.WEBSOCKET;
      return Refusal.ofWebSocket(next, all.allowed());
    }
    kind = all.routes().kindOf(target.path());
    Routes.Resource resource = all.routes().at(target.path());
    if (resource == null) {
      return refusal(404, "There is nothing of that name here.");
    }
    route = resource.route(next.method().name());
    if (route == null) {
      return refusal(405, "Expected " + resource.allowed() + ".").with("allow", resource.allowed());
    }
    kind = route.kind();
    return null;
  }

  private void take(ChannelHandlerContext ctx, HttpContent content) {
    if (content.decoderResult().isFailure()) {
      answerNow(ctx, refusal(400, "The body is not in chunks as it has to be."));
      return;
    }
    ByteBuf bytes = content.content();
    if (bytes.isReadable()) {
      if (kind == RequestKind.WEBSOCKET) {
        answerNow(ctx, Answer.sentence(400, "A WebSocket's request has no body."));
        return;
      }
      int before = body == null ? 0 : body.readableBytes();
      if (bytes.readableBytes() > all.maxBodyBytes() - before) {
        answerNow(ctx, tooLarge());
        return;
      }
      if (body == null) {
        body = ctx.alloc().buffer(bytes.readableBytes());
      }
      body.writeBytes(bytes);
    }
    if (content instanceof LastHttpContent) {
      complete(ctx);
    }
  }

  private void complete(ChannelHandlerContext ctx) {
    requests++;
    if (refusal != null) {
      newcomer.endDeadline();
      state = State.ANSWERING;
      answer(ctx, refusal);
    } else if (route == null) {
      upgrade(ctx);
    } else {
      newcomer.endDeadline();
      state = State.ANSWERING;
      hand(ctx, route.endpoint());
    }
  }

  private void hand(ChannelHandlerContext ctx, Endpoint endpoint) {
    HttpRequest from = request;
    Target about = target;
    if (from == null || about == null) {
      throw new IllegalStateException("no request came");
    }
    ByteBuf content = body == null ? Unpooled.EMPTY_BUFFER : body;
    Exchange exchange = new Exchange(ctx);
    try {
      endpoint.answer(
          new Request(
              isHead() ? "GET" : from.method().name(),
              about.path(),
              about.query(),
              from.headers(),
              content,
              PeerAddress.addressOf(ctx.channel())),
          exchange);
    } catch (RuntimeException e) {
      exchange.fail(e);
    } finally {
      dropBody();
    }
    if (state == State.ANSWERING && !exchange.answered) {
      intake.stop(Intake.Reason.ANSWERS);
    }
  }

  private boolean isHead() {
    return request != null && request.method().equals(HttpMethod.HEAD);
  }

  private void dropBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }

  /** What its peer has sent too early is its first message: it goes on behind the decoder. */
  private void upgrade(ChannelHandlerContext ctx) {
    if (request == null) {
      throw new IllegalStateException("no request came");
    }
    all.metrics().requested(kind, HttpResponseStatus.SWITCHING_PROTOCOLS.code());
    FullHttpResponse agreed = Handshake.agree(request);
    send(ctx, agreed.status(), agreed.headers(), Unpooled.EMPTY_BUFFER);
    agreed.release();
    stopIdle();
    newcomer.beginDeadline(); // if it has none from before, as after other requests
    ChannelPipeline pipeline = ctx.pipeline();
    all.webSockets().carry(newcomer);
    pipeline.remove(this);
    pipeline.remove(WatchedRequest.class);
    pipeline.remove(RequestDecoder.class);
  }

  // ---- an answer goes out

  /** Answers a request of which the rest, if there is any, cannot be waited for. */
  private void answerNow(ChannelHandlerContext ctx, Answer answer) {
    newcomer.endDeadline();
    state = State.ANSWERING;
    last = true;
    answer(ctx, answer);
  }

  private void answer(ChannelHandlerContext ctx, Answer answer) {
    dropBody();
    int bytes = answer.body().readableBytes();
    boolean head = isHead();
    last |= kind == RequestKind.WEBSOCKET;
    HttpHeaders headers = headers(answer.headers());
    if (answer.status() != 304 && answer.status() != 204) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    }
    all.metrics().requested(kind, answer.status());
    request = null;
    refusal = null;
    send(
        ctx,
        HttpResponseStatus.valueOf(answer.status()),
        headers,
        head ? Unpooled.EMPTY_BUFFER : answer.body());
    answer.body().release();
    // All who wait for a file of the page wait for the same bytes.
    unsentBytes = outlet.hasTakenAll() || kind == RequestKind.PAGE || head ? 0 : bytes;
    look(ctx);
    if (last) {
      leave(ctx);
    } else if (outlet.hasTakenAll()) {
      next(ctx);
    } else {
      intake.stop(Intake.Reason.OUTLET);
      whenTaken(ctx, () -> next(ctx));
    }
  }

  private static void look(ChannelHandlerContext ctx) {
    WatchedRequest watched = ctx.pipeline().get(WatchedRequest.class);
    if (watched != null) {
      watched.look();
    }
  }

  /** The body stays the caller's. */
  private void send(
      ChannelHandlerContext ctx, HttpResponseStatus status, HttpHeaders headers, ByteBuf body) {
    ByteBuf out = ctx.alloc().directBuffer();
    Pieces pieces = new Pieces();
    try {
      ResponseHead.write(out, status, headers);
      boolean isOutside = body.hasMemoryAddress();
      if (!isOutside) { // the network would make a copy
        out.writeBytes(body, body.readerIndex(), body.readableBytes());
      }
      pieces.add(out, out.readerIndex(), out.writerIndex());
      if (isOutside) {
        pieces.add(body, body.readerIndex(), body.writerIndex());
      }
      outlet.send(pieces);
    } finally {
      pieces.clear();
      out.release();
    }
  }

  private HttpHeaders headers(Map<String, String> own) {
    HttpHeaders headers = new DefaultHttpHeaders();
    SafeHeaders.addTo(headers, newcomer.isEncrypted());
    headers
        .set(HttpHeaderNames.DATE, DATE.format(Instant.now()))
        .set(HttpHeaderNames.CACHE_CONTROL, "no-store")
        // said in any case: a client of HTTP/1.0 that has asked for it waits for the end otherwise
        .set(
            HttpHeaderNames.CONNECTION,
            last ? HttpHeaderValues.CLOSE : HttpHeaderValues.KEEP_ALIVE);
    own.forEach(headers::set);
    return headers;
  }

  /** Runs a task when all was taken; a peer that takes nothing any more is cut off. */
  private void whenTaken(ChannelHandlerContext ctx, Runnable task) {
    Future<?> watch =
        ctx.executor()
            .scheduleWithFixedDelay(
                new Progress(ctx), STALLED_SECONDS, STALLED_SECONDS, TimeUnit.SECONDS);
    outlet
        .taken()
        .addListener(
            taken -> {
              watch.cancel(false);
              unsentBytes = 0;
              look(ctx);
              if (taken.isSuccess()) {
                task.run();
              }
            });
  }

  /** Ready for the next request, which may have come already. */
  private void next(ChannelHandlerContext ctx) {
    if (inputEnded) {
      leave(ctx);
      return;
    }
    state = State.AWAITING;
    idleSince = ctx.executor().ticker().nanoTime();
    if (idle == null) {
      idle = ctx.executor().schedule(() -> lookIdle(ctx), IDLE_SECONDS, TimeUnit.SECONDS);
    }
    if (!ctx.channel().config().isAutoRead()) {
      // Later, as the decoder goes on then, and this may be called from within it.
      ctx.executor()
          .execute(
              () -> {
                intake.resume(Intake.Reason.OUTLET);
                intake.resume(Intake.Reason.ANSWERS);
              });
    }
  }

  private void lookIdle(ChannelHandlerContext ctx) {
    idle = null;
    if (state == State.AWAITING && !decoder.hasBegun()) {
      long left =
          TimeUnit.SECONDS.toNanos(IDLE_SECONDS) - (ctx.executor().ticker().nanoTime() - idleSince);
      if (left <= 0) {
        leave(ctx);
      } else {
        idle = ctx.executor().schedule(() -> lookIdle(ctx), left, TimeUnit.NANOSECONDS);
      }
    }
  }

  private void stopIdle() {
    if (idle != null) {
      idle.cancel(false);
      idle = null;
    }
  }

  /** Ends the connection behind the last answer. */
  private void leave(ChannelHandlerContext ctx) {
    state = State.LEAVING;
    stopIdle();
    newcomer.endDeadline();
    dropRequests(ctx);
    whenTaken(
        ctx,
        () -> {
          if (inputEnded) {
            ctx.close();
          } else if (ctx.channel().isActive()) {
            ctx.executor()
                .schedule(() -> Abort.close(ctx.channel()), GOODBYE_SECONDS, TimeUnit.SECONDS);
            outlet.endStream();
          }
        });
  }

  /** What still comes is not looked at. */
  private void dropRequests(ChannelHandlerContext ctx) {
    if (ctx.pipeline().get(RequestDecoder.class) != null) {
      ctx.pipeline().remove(RequestDecoder.class);
    }
    // Later, as this may be called from within a read.
    ctx.executor()
        .execute(
            () -> {
              if (ctx.channel().isActive()) {
                intake.drain();
              }
            });
  }

  /** Cuts a peer off that has taken nothing of its answer since the last look. */
  private static final class Progress implements Runnable {

    private final ChannelHandlerContext ctx;
    private long bytes = -1;
    private long ofFirst;
    private @Nullable Object first;

    Progress(ChannelHandlerContext ctx) {
      this.ctx = ctx;
    }

    @Override
    public void run() {
      ChannelOutboundBuffer waiting = ctx.channel().unsafe().outboundBuffer();
      if (waiting == null || waiting.isEmpty()) {
        return; // it has gone, or goes on
      }
      Object firstNow = waiting.current();
      if (waiting.totalPendingWriteBytes() == bytes
          && waiting.currentProgress() == ofFirst
          && firstNow == first) {
        Abort.close(ctx.channel());
      }
      bytes = waiting.totalPendingWriteBytes();
      ofFirst = waiting.currentProgress();
      first = firstNow;
    }
  }

  /** One request, and its answer. */
  private final class Exchange implements Responder, Stream {

    private final ChannelHandlerContext ctx;
    private boolean answered;

    Exchange(ChannelHandlerContext ctx) {
      this.ctx = ctx;
    }

    @Override
    public void answer(Answer answer) {
      if (answered || gone) {
        answer.body().release();
        return;
      }
      answered = true;
      whenGone = null;
      HttpHandler.this.answer(ctx, answer);
    }

    /** It is our mistake: the log gets all of it, and the peer a sentence. */
    void fail(RuntimeException mistake) {
      all.log().failed(ctx.channel(), mistake);
      if (!answered) {
        last = true;
        answer(refusal(500, "This is a mistake of the server's, which its log has."));
      } else if (state == State.STREAMING) {
        ctx.close();
      }
    }

    @Override
    public Stream stream(Map<String, String> headers) {
      if (answered || gone) {
        return this;
      }
      last = true;
      HttpHeaders whole = headers(headers);
      answered = true;
      boolean head = isHead();
      request = null;
      all.metrics().requested(kind, HttpResponseStatus.OK.code());
      send(ctx, HttpResponseStatus.OK, whole, Unpooled.EMPTY_BUFFER);
      if (head) {
        leave(ctx);
      } else {
        state = State.STREAMING;
        stopIdle();
        dropRequests(ctx);
      }
      return this;
    }

    @Override
    public void whenGone(Runnable task) {
      if (isGone()) {
        task.run();
      } else {
        whenGone = task;
      }
    }

    private boolean isGone() {
      return gone || (answered && state != State.STREAMING);
    }

    @Override
    public Newcomer connection() {
      return newcomer;
    }

    @Override
    public void end() {
      if (!isGone()) {
        leave(ctx);
      }
    }

    @Override
    public boolean isOver() {
      return isGone();
    }
  }

  // ---- the end

  /** A peer may end its stream with its request, and still wait for the answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      switch (state) {
        case AWAITING, STREAMING -> ctx.close();
        case ANSWERING -> last = true;
        case LEAVING -> outlet.taken().addListener(taken -> ctx.close());
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, state == State.STREAMING, all.log());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    gone = true;
    newcomer.endDeadline();
    stopIdle();
    dropBody();
    all.log().ended(ctx.channel(), requests > 0 ? Outcome.ANSWERED : Outcome.UNREGISTERED);
    if (whenGone != null) {
      Runnable task = whenGone;
      whenGone = null;
      task.run();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    dropBody();
  }
}
