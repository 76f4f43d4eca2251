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
 * Sends the answers of one connection, one after the other, and decides when to read the next
 * request and when to end the connection. It reads nothing until the peer has taken the last
 * answer: pipelined requests wait in TCP.
 */
final class Answers implements Exchange.Connection {

  /** The longest idle time between an answer and the next request. */
  static final long IDLE_SECONDS = 60;

  private enum State {
    /** Awaiting a request, or the rest of one. */
    AWAITING,
    /** A request is complete; its answer is not sent yet, or the peer has not taken it. */
    ANSWERING,
    /** The answer is a stream, until the connection ends. */
    STREAMING,
    /** The connection is about to end; no further request is answered. */
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

  /** True if the connection ends after the answer. */
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

  /** Returns true while a request, or the rest of one, is awaited. */
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

  /** The bytes held for an incomplete body, and for an answer that the peer has not taken. */
  int heldBytes() {
    return (request == null ? 0 : request.heldBytes()) + unsentBytes;
  }

  // ---- a request

  /** Begins with the head of a request. */
  void begin(Incoming next) {
    request = next;
    last = next.isLast();
    Answer refusal = next.decision().refusal();
    if (refusal != null && next.hasBody()) {
      refuseAtOnce(refusal);
    } else if (next.awaitsContinue()) {
      out.send(HttpResponseStatus.CONTINUE, new DefaultHttpHeaders(), Unpooled.EMPTY_BUFFER);
    }
  }

  /** Answers a request without waiting for the rest of it, and ends the connection. */
  void refuseAtOnce(Answer refusal) {
    last = true;
    complete();
    answer(refusal);
  }

  /** Records that the request is complete. */
  void complete() {
    newcomer.endDeadline();
    state = State.ANSWERING;
  }

  /** Makes the exchange for its endpoint. */
  Exchange exchange() {
    exchange = new Exchange(this);
    return exchange;
  }

  /** Stops reading until the answer. */
  void await() {
    intake.stop(Intake.Reason.ANSWERS);
  }

  /** Ends the connection after the answer. */
  void endAfterAnswer() {
    last = true;
  }

  /** Accepts an upgrade: after this answer, the connection is a WebSocket. */
  void agree(HttpRequest head) {
    FullHttpResponse agreed = Handshake.agree(head);
    out.send(agreed.status(), agreed.headers(), Unpooled.EMPTY_BUFFER);
    agreed.release();
    metrics.requested(RequestKind.WEBSOCKET, agreed.status().code());
    silence.stop();
    newcomer.beginDeadline(); // it runs already if this was the first request
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
    // The bytes of the page's files are shared, and not counted.
    boolean isShared = kind == RequestKind.PAGE || answered.isHead();
    unsentBytes = isShared || out.hasTakenAll() ? 0 : bytes;
    updateHeldBytes();
    if (last) {
      leave();
    } else if (out.hasTakenAll()) {
      next();
    } else {
      intake.stop(Intake.Reason.OUTLET);
      out.whenTaken(this::allTaken, this::next);
    }
  }

  @Override
  public boolean stream(Map<String, String> headers) {
    Incoming streamed = request();
    out.send(HttpResponseStatus.OK, out.headers(headers, true), Unpooled.EMPTY_BUFFER);
    metrics.requested(streamed.decision().kind(), HttpResponseStatus.OK.code());
    request = null; // does not hold its head during the stream
    updateHeldBytes();
    if (streamed.isHead()) {
      leave();
      return false;
    }
    state = State.STREAMING;
    silence.stop();
    goodbye.dropInput();
    return true;
  }

  @Override
  public void endStream() {
    leave();
  }

  private void allTaken() {
    unsentBytes = 0;
    updateHeldBytes();
  }

  private void updateHeldBytes() {
    WatchedRequest watched = newcomer.pipeline().get(WatchedRequest.class);
    if (watched != null) {
      watched.update();
    }
  }

  /** Awaits the next request, which may have been received already. */
  private void next() {
    if (inputEnded) {
      leave();
      return;
    }
    state = State.AWAITING;
    silence.begin();
    if (intake.isStoppedFor(Intake.Reason.OUTLET) || intake.isStoppedFor(Intake.Reason.ANSWERS)) {
      // Deferred, as it resumes the decoder, which may be the caller.
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

  /** Ends the connection once the peer has taken everything. */
  private void leave() {
    state = State.LEAVING;
    silence.stop();
    newcomer.endDeadline();
    goodbye.dropInput();
    out.whenTaken(this::allTaken, () -> goodbye.end(inputEnded));
  }

  /** Handles the end of the peer's side, which may still wait for an answer. */
  void inputEnded() {
    inputEnded = true;
    switch (state) {
      case AWAITING, STREAMING -> newcomer.place().channel().close();
      case ANSWERING -> last = true;
      case LEAVING -> out.whenTaken(() -> {}, () -> newcomer.place().channel().close());
    }
  }

  /** Handles the end of the connection. */
  void gone() {
    newcomer.endDeadline();
    silence.stop();
    if (exchange != null) {
      exchange.gone();
    }
  }

  /** Releases the current request, if any. */
  void release() {
    if (request != null) {
      request.release();
    }
  }
}
