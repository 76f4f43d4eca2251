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
 * The answers of one connection, one after the other: sends them, and decides whether to read the
 * next request and when to end the connection. Until an answer is given and the peer has taken it,
 * nothing is read: pipelined requests wait in TCP.
 */
final class Answers implements Exchange.Way {

  /** How long a connection may be idle between an answer and the next request. */
  static final long IDLE_SECONDS = 60;

  private enum State {
    /** Awaiting a request, or the rest of one. */
    AWAITING,
    /** A request is complete; its answer is not given, or not taken yet. */
    ANSWERING,
    /** The answer is a stream, until the connection ends. */
    STREAMING,
    /** No further request is answered. */
    LEAVING
  }

  private final Newcomer newcomer;
  private final Metrics metrics;
  private final Outgoing out;
  private final Intake intake;
  private final Silence silence;
  private final Goodbye goodbye;

  private State state = State.AWAITING;

  /** The current request; null between two. */
  private @Nullable Incoming request;

  private @Nullable Exchange exchange;

  /** Whether the connection ends after the answer. */
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

  /** The current request. */
  Incoming request() {
    return Objects.requireNonNull(request);
  }

  /** How much memory is held: for an incomplete body, and for an answer that is not taken yet. */
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

  /** The request is complete. */
  void complete() {
    newcomer.endDeadline();
    state = State.ANSWERING;
  }

  /** Passes it to its endpoint. */
  Exchange exchange() {
    exchange = new Exchange(this);
    return exchange;
  }

  /** It is not answered yet: stops reading. */
  void await() {
    intake.stop(Intake.Reason.ANSWERS);
  }

  /** Ends the connection after the answer. */
  void endBehindIt() {
    last = true;
  }

  /** After this answer, the connection is a WebSocket. */
  void agree(HttpRequest head) {
    FullHttpResponse agreed = Handshake.agree(head);
    out.send(agreed.status(), agreed.headers(), Unpooled.EMPTY_BUFFER);
    agreed.release();
    metrics.requested(RequestKind.WEBSOCKET, agreed.status().code());
    silence.stop();
    newcomer.beginDeadline(); // unless it runs already, as it does without earlier requests
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
    // The bytes of a file of the page are shared.
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
    request = null; // frees its head during the stream
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

  /** The amount of held memory has changed. */
  private void look() {
    WatchedRequest watched = newcomer.pipeline().get(WatchedRequest.class);
    if (watched != null) {
      watched.look();
    }
  }

  /** Awaits the next request, which may have come already. */
  private void next() {
    if (inputEnded) {
      leave();
      return;
    }
    state = State.AWAITING;
    silence.begin();
    if (intake.isStoppedFor(Intake.Reason.OUTLET) || intake.isStoppedFor(Intake.Reason.ANSWERS)) {
      // Later, as it resumes the decoder, which may be the caller.
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

  /** Ends the connection after everything sent. */
  private void leave() {
    state = State.LEAVING;
    silence.stop();
    newcomer.endDeadline();
    goodbye.dropWhatComes();
    out.whenTaken(this::nothingUnsent, () -> goodbye.say(inputEnded));
  }

  /** The peer may end its side right after a request, and still wait for the answer. */
  void inputEnded() {
    inputEnded = true;
    switch (state) {
      case AWAITING, STREAMING -> newcomer.place().channel().close();
      case ANSWERING -> last = true;
      case LEAVING -> out.whenTaken(() -> {}, () -> newcomer.place().channel().close());
    }
  }

  /** The connection has ended. */
  void gone() {
    newcomer.endDeadline();
    silence.stop();
    if (exchange != null) {
      exchange.gone();
    }
  }

  /** Releases what is kept of a request. */
  void release() {
    if (request != null) {
      request.release();
    }
  }
}
