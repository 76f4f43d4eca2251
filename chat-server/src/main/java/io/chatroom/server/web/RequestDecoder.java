package io.chatroom.server.web;

import io.chatroom.protocol.PausableDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/**
 * Netty's decoder of requests within our bounds, which can be paused: the next request is looked at
 * when the last has been answered, so a read that brings a thousand of them makes no thousand
 * objects.
 */
final class RequestDecoder extends PausableDecoder {

  private static final int MAX_REQUEST_LINE_BYTES = 4_096;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int MAX_CHUNK_BYTES = 4_096;

  private final OneRequest request = new OneRequest();
  private final HeadScan head = new HeadScan();

  /** It was no request in order: nothing that follows can be told from anything else. */
  private boolean over;

  /** Whether something of a request has come, and not all of it. */
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
      over = true;
      in.skipBytes(in.readableBytes());
      out.add(broken());
      return;
    }
    int before = in.readableBytes();
    request.decode(ctx, in, out);
    head.decoded(before - in.readableBytes());
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      head.nextRequest();
    }
  }

  private static HttpRequest broken() {
    HttpRequest broken = new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/");
    broken.setDecoderResult(
        DecoderResult.failure(new IllegalArgumentException("a line of the head is broken")));
    return broken;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
    request.handlerRemoved0(ctx);
  }

  /** Stands in no pipeline, so it keeps no bytes. */
  private static final class OneRequest extends HttpRequestDecoder {

    /** A line may end without a carriage return, as those of a shell's printf (RFC 9112, 2.2). */
    OneRequest() {
      super(
          new HttpDecoderConfig()
              .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
              .setMaxHeaderSize(MAX_HEADER_BYTES)
              .setMaxChunkSize(MAX_CHUNK_BYTES)
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
}
