package io.chatroom.server.web;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Netty's decoder of requests within our bounds, with what it holds in sight. */
final class RequestDecoder extends HttpRequestDecoder {

  private static final int MAX_REQUEST_LINE_BYTES = 4_096;
  private static final int MAX_HEADER_BYTES = 8_192;
  private static final int MAX_CHUNK_BYTES = 4_096;

  /** A line may end without a carriage return, as those of a shell's printf do (RFC 9112, 2.2). */
  RequestDecoder() {
    super(
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxChunkSize(MAX_CHUNK_BYTES)
            .setStrictLineParsing(false));
  }

  /** How much memory is held for the rest of a request to come. */
  int waitingBytes() {
    return internalBuffer().capacity();
  }
}
