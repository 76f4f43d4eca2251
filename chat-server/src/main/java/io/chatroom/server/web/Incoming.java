package io.chatroom.server.web;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that is being received: its head, the decision about it, and its body so far. */
final class Incoming {

  /** The least memory that a header takes besides its characters. */
  private static final int HEADER_BYTES = 100;

  private final HttpRequest head;
  private final int headBytes;
  private final Decision decision;
  private final Decisions decisions;
  private @Nullable ByteBuf body;

  Incoming(HttpRequest head, Decisions decisions) {
    this.head = head;
    this.headBytes = bytesOf(head);
    this.decisions = decisions;
    this.decision = decisions.of(head);
  }

  HttpRequest head() {
    return head;
  }

  Decision decision() {
    return decision;
  }

  /** Returns true if only the head of the answer is wanted. */
  boolean isHead() {
    return head.method().equals(HttpMethod.HEAD);
  }

  /** Returns true if the connection ends after its answer. */
  boolean isLast() {
    return decision.isLast() || !HttpUtil.isKeepAlive(head);
  }

  /** Returns true if a body follows the head, or its end is unknown. */
  boolean hasBody() {
    return head.decoderResult().isFailure()
        || HttpUtil.isTransferEncodingChunked(head)
        || HttpUtil.getContentLength(head, 0L) > 0;
  }

  /** Returns true if the peer waits for "100 Continue" before it sends the body. */
  boolean awaitsContinue() {
    return hasBody() && HttpUtil.is100ContinueExpected(head);
  }

  /**
   * Adds a piece of its body.
   *
   * @return why it is refused; null if it was added
   */
  @Nullable Answer take(HttpContent content, ByteBufAllocator buffers) {
    if (content.decoderResult().isFailure()) {
      return decisions.refusal(decision.target(), 400, "The chunks of the body are malformed.");
    }
    ByteBuf bytes = content.content();
    if (!bytes.isReadable()) {
      return null;
    }
    if (decision.route() == null) {
      return Answer.sentence(400, "A WebSocket's request has no body.");
    }
    int before = body == null ? 0 : body.readableBytes();
    if (bytes.readableBytes() > decisions.maxBodyBytes() - before) {
      return decisions.tooLarge(decision.target());
    }
    if (body == null) {
      body = buffers.buffer(bytes.readableBytes());
    }
    body.writeBytes(bytes);
    return null;
  }

  /** The received part of its body. */
  ByteBuf body() {
    return body == null ? Unpooled.EMPTY_BUFFER : body;
  }

  /** The bytes of memory that it takes. */
  int heldBytes() {
    return headBytes + (body == null ? 0 : body.capacity());
  }

  private static int bytesOf(HttpRequest head) {
    int bytes = head.uri().length();
    for (Map.Entry<String, String> header : head.headers()) {
      bytes += header.getKey().length() + header.getValue().length() + HEADER_BYTES;
    }
    return bytes;
  }

  void release() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
