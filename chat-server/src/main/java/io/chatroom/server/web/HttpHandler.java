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
import io.chatroom.server.transport.Abort;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Map;
import java.util.Objects;
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
final class HttpHandler extends ChannelInboundHandlerAdapter implements Exchange.Way {

  /** How long a connection may be silent between an answer and the next request. */
  static final long IDLE_SECONDS = 60;

  /** How long the peer may take to close after our end of the stream. */
  private static final long GOODBYE_SECONDS = 2;

  /** What all connections share. */
  record Shared(Decisions decisions, WebSockets webSockets, ConnectionLog log, Metrics metrics) {}

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

  private final Newcomer newcomer;
  private final Shared all;
  private final RequestDecoder decoder;
  private final Outgoing out;
  private final Intake intake;
  private final Silence silence;

  private State state = State.AWAITING;

  /** The request that is awaited or answered; null between two. */
  private @Nullable Incoming request;

  private @Nullable Exchange exchange;

  /** The connection ends behind the answer. */
  private boolean last;

  private boolean inputEnded;
  private long requests;
  private int unsentBytes;

  HttpHandler(Newcomer newcomer, Shared all, RequestDecoder decoder) {
    this.newcomer = newcomer;
    this.all = all;
    this.decoder = decoder;
    this.out = new Outgoing(newcomer);
    this.intake = new Intake(newcomer.place());
    this.silence =
        new Silence(
            newcomer.place().executor(),
            IDLE_SECONDS,
            () -> state == State.AWAITING && !decoder.hasBegun(),
            this::leave);
  }

  /** How much memory it holds: for the rest of a body to come, and of an answer to be taken. */
  int heldBytes() {
    return (request == null ? 0 : request.heldBytes()) + unsentBytes;
  }

  /** How many requests were complete. */
  long requests() {
    return requests;
  }

  // ---- a request comes in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (state == State.AWAITING && message instanceof HttpRequest head) {
        begin(head);
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

  private void begin(HttpRequest head) {
    Incoming next = new Incoming(head, all.decisions());
    request = next;
    last = next.isLast();
    Answer refusal = next.decision().refusal();
    if (refusal != null && next.hasBody()) {
      refuseAtOnce(refusal);
    } else if (next.waitsToGoOn()) {
      out.send(HttpResponseStatus.CONTINUE, new DefaultHttpHeaders(), Unpooled.EMPTY_BUFFER);
    }
  }

  private void take(ChannelHandlerContext ctx, HttpContent content) {
    Incoming current = Objects.requireNonNull(request);
    Answer refusal = current.take(content, ctx.alloc());
    if (refusal != null) {
      refuseAtOnce(refusal);
    } else if (content instanceof LastHttpContent) {
      complete(ctx, current);
    }
  }

  /** Answers a request without waiting for the rest of it. */
  private void refuseAtOnce(Answer refusal) {
    newcomer.endDeadline();
    state = State.ANSWERING;
    last = true;
    answer(refusal);
  }

  private void complete(ChannelHandlerContext ctx, Incoming current) {
    requests++;
    Answer refusal = current.decision().refusal();
    Route route = current.decision().route();
    if (refusal == null && route == null) {
      upgrade(ctx, current.head());
      return;
    }
    newcomer.endDeadline();
    state = State.ANSWERING;
    if (refusal != null) {
      answer(refusal);
    } else if (route != null) {
      hand(ctx, current, route.endpoint());
    }
  }

  private void hand(ChannelHandlerContext ctx, Incoming current, Endpoint endpoint) {
    Target target = Objects.requireNonNull(current.decision().target());
    Exchange next = new Exchange(this);
    exchange = next;
    try {
      endpoint.answer(
          new Request(
              current.isHead() ? "GET" : current.head().method().name(),
              target.path(),
              target.query(),
              current.head().headers(),
              current.body(),
              PeerAddress.addressOf(ctx.channel())),
          next);
    } catch (RuntimeException e) {
      fail(ctx, next, target, e);
    } finally {
      current.release();
    }
    if (next.isWaiting()) {
      intake.stop(Intake.Reason.ANSWERS);
    }
  }

  /** It is our mistake: the log gets all of it, and the peer a sentence. */
  private void fail(
      ChannelHandlerContext ctx, Exchange failed, Target target, RuntimeException mistake) {
    all.log().failed(ctx.channel(), mistake);
    if (failed.isWaiting()) {
      last = true;
      failed.answer(
          all.decisions()
              .refusal(target, 500, "This is a mistake of the server's, which its log has."));
    } else if (failed.isStreaming()) {
      ctx.close();
    }
  }

  /** What its peer has sent too early is its first message: it goes on behind the decoder. */
  private void upgrade(ChannelHandlerContext ctx, HttpRequest head) {
    all.metrics().requested(RequestKind.WEBSOCKET, HttpResponseStatus.SWITCHING_PROTOCOLS.code());
    FullHttpResponse agreed = Handshake.agree(head);
    out.send(agreed.status(), agreed.headers(), Unpooled.EMPTY_BUFFER);
    agreed.release();
    silence.stop();
    newcomer.beginDeadline(); // if it has none from before, as after other requests
    ChannelPipeline pipeline = ctx.pipeline();
    all.webSockets().carry(newcomer);
    pipeline.remove(this);
    pipeline.remove(WatchedRequest.class);
    pipeline.remove(RequestDecoder.class);
  }

  // ---- an answer goes out

  @Override
  public Newcomer newcomer() {
    return newcomer;
  }

  @Override
  public void answer(Answer answer) {
    Incoming answered = Objects.requireNonNull(request);
    RequestKind kind = answered.decision().kind();
    int bytes = answer.body().readableBytes();
    HttpHeaders headers = out.headers(answer.headers(), last);
    HttpResponseStatus status = HttpResponseStatus.valueOf(answer.status());
    if (!status.equals(HttpResponseStatus.NOT_MODIFIED)
        && !status.equals(HttpResponseStatus.NO_CONTENT)) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, bytes);
    }
    out.send(status, headers, answered.isHead() ? Unpooled.EMPTY_BUFFER : answer.body());
    answer.body().release();
    all.metrics().requested(kind, answer.status());
    answered.release();
    request = null;
    exchange = null;
    // All who wait for a file of the page wait for the same bytes.
    boolean isShared = kind == RequestKind.PAGE || answered.isHead();
    unsentBytes = isShared || out.hasTakenAll() ? 0 : bytes;
    look();
    if (last) {
      leave();
    } else if (out.hasTakenAll()) {
      next();
    } else {
      intake.stop(Intake.Reason.OUTLET);
      out.whenTaken(this::nothingUnsent, this::next);
    }
  }

  @Override
  public boolean stream(Map<String, String> headers) {
    Incoming streamed = Objects.requireNonNull(request);
    last = true;
    out.send(HttpResponseStatus.OK, out.headers(headers, true), Unpooled.EMPTY_BUFFER);
    all.metrics().requested(streamed.decision().kind(), HttpResponseStatus.OK.code());
    if (streamed.isHead()) {
      leave();
      return false;
    }
    state = State.STREAMING;
    silence.stop();
    dropWhatComes();
    return true;
  }

  @Override
  public void endStream() {
    leave();
  }

  private void nothingUnsent() {
    unsentBytes = 0;
    look();
  }

  /** What it holds is another amount than before. */
  private void look() {
    WatchedRequest watched = newcomer.pipeline().get(WatchedRequest.class);
    if (watched != null) {
      watched.look();
    }
  }

  /** Ready for the next request, which may have come already. */
  private void next() {
    if (inputEnded) {
      leave();
      return;
    }
    state = State.AWAITING;
    silence.begin();
    if (intake.isStoppedFor(Intake.Reason.OUTLET) || intake.isStoppedFor(Intake.Reason.ANSWERS)) {
      // Later, as the decoder goes on then, and this may be called from within it.
      newcomer
          .place()
          .executor()
          .execute(
              () -> {
                intake.resume(Intake.Reason.OUTLET);
                intake.resume(Intake.Reason.ANSWERS);
              });
    }
  }

  // ---- the end

  /** Ends the connection behind the last answer. */
  private void leave() {
    state = State.LEAVING;
    silence.stop();
    newcomer.endDeadline();
    dropWhatComes();
    out.whenTaken(this::nothingUnsent, this::sayGoodbye);
  }

  private void sayGoodbye() {
    ChannelHandlerContext place = newcomer.place();
    if (inputEnded) {
      place.channel().close();
    } else if (place.channel().isActive()) {
      place
          .executor()
          .schedule(() -> Abort.close(place.channel()), GOODBYE_SECONDS, TimeUnit.SECONDS);
      out.end();
    }
  }

  private void dropWhatComes() {
    ChannelPipeline pipeline = newcomer.pipeline();
    if (pipeline.get(RequestDecoder.class) != null) {
      pipeline.remove(RequestDecoder.class);
    }
    // Later, as this may be called from within a read.
    newcomer
        .place()
        .executor()
        .execute(
            () -> {
              if (pipeline.channel().isActive()) {
                intake.drain();
              }
            });
  }

  /** A peer may end its stream with its request, and still wait for the answer. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      switch (state) {
        case AWAITING, STREAMING -> ctx.close();
        case ANSWERING -> last = true;
        case LEAVING -> out.whenTaken(() -> {}, ctx::close);
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, state == State.STREAMING, all.log());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    newcomer.endDeadline();
    silence.stop();
    all.log().ended(ctx.channel(), requests > 0 ? Outcome.ANSWERED : Outcome.UNREGISTERED);
    if (exchange != null) {
      exchange.over();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (request != null) {
      request.release();
    }
  }
}
