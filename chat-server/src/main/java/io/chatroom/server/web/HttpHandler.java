package io.chatroom.server.web;

import io.chatroom.server.carrier.WebSockets;
import io.chatroom.server.front.ConnectionFailure;
import io.chatroom.server.front.ConnectionLog;
import io.chatroom.server.front.Newcomer;
import io.chatroom.server.front.PeerAddress;
import io.chatroom.server.metrics.Metrics;
import io.chatroom.server.metrics.Outcome;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;

/**
 * Receives the requests of a connection from the decoder, and passes each complete one to its
 * endpoint. A deadline that begins with its first byte applies to each.
 */
final class HttpHandler extends ChannelInboundHandlerAdapter {

  /** The parts that all connections share. */
  record Shared(Decisions decisions, WebSockets webSockets, ConnectionLog log, Metrics metrics) {}

  private final Newcomer newcomer;
  private final Shared all;
  private final RequestDecoder decoder;
  private final Answers answers;
  private long completed;
  private boolean isAnswered;

  HttpHandler(Newcomer newcomer, Shared all, RequestDecoder decoder) {
    this.newcomer = newcomer;
    this.all = all;
    this.decoder = decoder;
    this.answers = new Answers(newcomer, decoder, all.metrics());
  }

  /** The bytes held for an incomplete body, and for an answer that the peer has not taken. */
  int heldBytes() {
    return answers.heldBytes();
  }

  /**
   * A count that grows with each complete request, and at each call while none is awaited: a peer
   * that is slow to read an answer is not stuck in a request.
   */
  long completed() {
    if (!answers.areAwaiting()) {
      completed++;
    }
    return completed;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (answers.areAwaiting() && message instanceof HttpRequest head) {
        answers.begin(new Incoming(head, all.decisions()));
      }
      if (answers.areAwaiting() && message instanceof HttpContent content) {
        take(ctx, content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void take(ChannelHandlerContext ctx, HttpContent content) {
    Incoming request = answers.request();
    Answer refusal = request.take(content, ctx.alloc());
    if (refusal != null) {
      answers.refuseAtOnce(refusal);
    } else if (content instanceof LastHttpContent) {
      completed++;
      isAnswered = true;
      complete(ctx, request);
    }
  }

  private void complete(ChannelHandlerContext ctx, Incoming request) {
    Answer refusal = request.decision().refusal();
    Route route = request.decision().route();
    if (refusal != null) {
      answers.complete();
      answers.answer(refusal);
    } else if (route != null) {
      answers.complete();
      pass(ctx, request, route.endpoint());
    } else {
      upgrade(ctx, request.head());
    }
  }

  private void pass(ChannelHandlerContext ctx, Incoming request, Endpoint endpoint) {
    Target target = Objects.requireNonNull(request.decision().target());
    Exchange exchange = answers.exchange();
    try {
      endpoint.answer(
          new Request(
              request.isHead() ? "GET" : request.head().method().name(),
              target.path(),
              target.query(),
              request.head().headers(),
              request.body(),
              PeerAddress.addressOf(ctx.channel())),
          exchange);
    } catch (RuntimeException e) {
      fail(ctx, exchange, target, e);
    } finally {
      request.release();
    }
    if (exchange.isWaiting()) {
      answers.await();
    }
  }

  /** Handles a defect of the server: logs its stack trace, and sends one sentence to the peer. */
  private void fail(
      ChannelHandlerContext ctx, Exchange failed, Target target, RuntimeException defect) {
    all.log().failed(ctx.channel(), defect);
    if (failed.isWaiting()) {
      answers.endAfterAnswer();
      failed.answer(
          all.decisions()
              .refusal(
                  target, 500, "The server has an internal error; the details are in its log."));
    } else if (failed.isStreaming()) {
      ctx.close();
    }
  }

  /**
   * Replaces these handlers by those of a WebSocket. Removing the decoder passes on the bytes that
   * the peer has sent early, which are its first frames.
   */
  private void upgrade(ChannelHandlerContext ctx, HttpRequest head) {
    answers.agree(head);
    ChannelPipeline pipeline = ctx.pipeline();
    all.webSockets().carry(newcomer);
    pipeline.remove(this);
    pipeline.remove(WatchedRequest.class);
    pipeline.remove(RequestDecoder.class);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (answers.areAwaiting() && decoder.hasBegun()) {
      newcomer.beginDeadline();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      answers.inputEnded();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ConnectionFailure.end(ctx, cause, answers.areStreaming(), all.log());
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    all.log().ended(ctx.channel(), isAnswered ? Outcome.ANSWERED : Outcome.UNREGISTERED);
    answers.gone();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    answers.release();
  }
}
