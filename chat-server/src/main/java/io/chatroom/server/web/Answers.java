package io.chatroom.server.web;

import io.chatroom.server.front.Intake;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.RequestKind;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The answers of one connection, one after the other: what is said, whether the next request is
 * read, and when the connection ends. While one is given, and while it is not taken, nothing is
 * read: what a peer sends in advance waits where TCP holds it.
 */
final class Answers implements Exchange.Way {

  /** How long a connection may be silent between an answer and the next request. */
  static final long IDLE_SECONDS = 60;

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
  private final Metrics metrics;
  private final Outgoing out;
  private final Intake intake;
  private final Silence silence;
  private final Goodbye goodbye;

  private State state = State.AWAITING;

  /** The request that is awaited or answered; null between two. */
  private @Nullable Incoming request;

  private @Nullable Exchange exchange;

  /** The connection ends behind the answer. */
  private boolean last;

  private boolean inputEnded;
  private int unsentBytes;

  Answers(Newcomer newcomer, RequestDecoder decoder, Metrics metrics) {
    this.newcomer = newcomer;
    this.metrics = metrics;
    this.out = new Outgoing(newcomer);
    this.intake = new Intake(newcomer.place());
    this.goodbye = new Goodbye(newcomer, intake, out);
    this.silence =
        new Silence(
            newcomer.place().executor(),
            IDLE_SECONDS,
            () -> state == State.AWAITING && !decoder.hasBegun(),
            this::leave);
  }

  /** Whether a request is awaited, or the rest of one. */
  boolean areAwaiting() {
    return state == State.AWAITING;
  }

  boolean areStreaming() {
    return state == State.STREAMING;
  }

  /** The request that has begun. */
  Incoming request() {
    return Objects.requireNonNull(request);
  }

  /** How much memory is held: for the rest of a body to come, and of an answer to be taken. */
  int heldBytes() {
    return (request == null ? 0 : request.heldBytes()) + unsentBytes;
  }

  // ---- a request

  /** A request begins. */
  void begin(Incoming next) {
    request = next;
    last = next.isLast();
    Answer refusal = next.decision().refusal();
    if (refusal != null && next.hasBody()) {
      refuseAtOnce(refusal);
    } else if (next.waitsToGoOn()) {
      out.send(HttpResponseStatus.CONTINUE, new DefaultHttpHeaders(), Unpooled.EMPTY_BUFFER);
    }
  }

  /** Answers a request without waiting for the rest of it, and ends the connection. */
  void refuseAtOnce(Answer refusal) {
    last = true;
    complete();
    answer(refusal);
  }

  /** All of the request has come. */
  void complete() {
    newcomer.endDeadline();
    state = State.ANSWERING;
  }

  /** Somebody answers it. */
  Exchange exchange() {
    exchange = new Exchange(this);
    return exchange;
  }

  /** It is not answered yet: nothing more is read. */
  void await() {
    intake.stop(Intake.Reason.ANSWERS);
  }

  /** The connection ends behind the answer. */
  void endBehindIt() {
    last = true;
  }

  /** The connection is a WebSocket behind this answer. */
  void agree(HttpRequest head) {
    FullHttpResponse agreed = Handshake.agree(head);
    out.send(agreed.status(), agreed.headers(), Unpooled.EMPTY_BUFFER);
    agreed.release();
    metrics.requested(RequestKind.WEBSOCKET, agreed.status().code());
    silence.stop();
    newcomer.beginDeadline(); // if it has none from before, as after other requests
  }

  // ---- an answer

  @Override
  public Newcomer newcomer() {
    return newcomer;
  }

  @Override
  public void answer(Answer answer) {
    Incoming answered = request();
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
    metrics.requested(kind, answer.status());
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
    Incoming streamed = request();
    out.send(HttpResponseStatus.OK, out.headers(headers, true), Unpooled.EMPTY_BUFFER);
    metrics.requested(streamed.decision().kind(), HttpResponseStatus.OK.code());
    request = null; // its head is not kept for as long as the stream goes on
    look();
    if (streamed.isHead()) {
      leave();
      return false;
    }
    state = State.STREAMING;
    silence.stop();
    goodbye.dropWhatComes();
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

  /** What is held is another amount than before. */
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

  /** Ends the connection behind what was said. */
  private void leave() {
    state = State.LEAVING;
    silence.stop();
    newcomer.endDeadline();
    goodbye.dropWhatComes();
    out.whenTaken(this::nothingUnsent, () -> goodbye.say(inputEnded));
  }

  /** A peer may end its stream with its request, and still wait for the answer. */
  void inputEnded() {
    inputEnded = true;
    switch (state) {
      case AWAITING, STREAMING -> newcomer.place().channel().close();
      case ANSWERING -> last = true;
      case LEAVING -> out.whenTaken(() -> {}, () -> newcomer.place().channel().close());
    }
  }

  /** The connection has gone. */
  void gone() {
    newcomer.endDeadline();
    silence.stop();
    if (exchange != null) {
      exchange.gone();
    }
  }

  /** What was kept of a request is not needed any more. */
  void release() {
    if (request != null) {
      request.release();
    }
  }
}
