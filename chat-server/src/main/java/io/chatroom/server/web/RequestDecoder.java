package io.chatroom.server.web;

import io.chatroom.protocol.PausableDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import java.util.List;

/**
 * Netty's request decoder, with stricter bounds and with pauses. It decodes the next request once
 * the last one is answered, so that a read with a thousand requests does not make a thousand
 * objects. It decodes a head once it is complete: until then it holds only bytes, which are
 * counted, and not objects, which would take many times as much.
 */
final class RequestDecoder extends PausableDecoder {

  private static final int MAX_CHUNK_BYTES = 4_096;

  private final OneRequest request = new OneRequest();
  private final HeadScan head = new HeadScan();

  /** True after a malformed request: nothing after it can be parsed. */
  private boolean over;

  /** Returns true if a request has begun, but is incomplete. */
  boolean hasBegun() {
    return head.hasBegun();
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
    if (over) {
      in.skipBytes(in.readableBytes());
      return;
    }
    if (!isRead(ctx)) {
      return;
    }
    if (!head.isFine(in)) {
      refuse(in, new IllegalArgumentException("a line of the head is malformed"), out);
      return;
    }
    if (head.hasTooManyHeaders()) {
      refuse(in, new TooLongHttpHeaderException("there are too many headers"), out);
      return;
    }
    if (head.hasBegun() && !head.isWhole() && !head.isTooLong()) {
      return;
    }
    int before = in.readableBytes();
    request.decode(ctx, in, out);
    head.decoded(before - in.readableBytes());
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      head.nextRequest();
    }
  }

  private void refuse(ByteBuf in, Exception why, List<Object> out) {
    over = true;
    in.skipBytes(in.readableBytes());
    HttpRequest broken = new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/");
    broken.setDecoderResult(DecoderResult.failure(why));
    out.add(broken);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    request.handlerRemoved0(ctx);
  }

  /** Netty's decoder, used outside the pipeline, so that it holds no bytes. */
  private static final class OneRequest extends HttpRequestDecoder {

    /**
     * Accepts lines without a carriage return, such as those of a shell's printf (RFC 9112, 2.2).
     */
    OneRequest() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(HeadScan.MOST_BYTES_OF_FIRST_LINE)
              .setMaxHeaderSize(HeadScan.MOST_BYTES_OF_HEADERS)
              .setMaxChunkSize(MAX_CHUNK_BYTES)
              .setTrailersFactory(NoTrailers.FACTORY)
              .setStrictLineParsing(false));
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
        throws Exception {
      super.decode(ctx, in, out);
    }

    @Override
    protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
      super.handlerRemoved0(ctx);
    }
  }

  /** Ignores the trailers of a chunked body, so that they take no memory. */
  private static final class NoTrailers extends DefaultHttpHeaders {

    static final HttpHeadersFactory FACTORY =
        new HttpHeadersFactory() {
          @Override
          public HttpHeaders newHeaders() {
            return new NoTrailers();
          }

          @Override
          public HttpHeaders newEmptyHeaders() {
            return new NoTrailers();
          }
        };

    @Override
    public HttpHeaders add(String name, Object value) {
      return this;
    }

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
      return this;
    }
  }
}
