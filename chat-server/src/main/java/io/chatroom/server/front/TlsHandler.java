package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Netty's TLS handler for one connection, which also limits useless work and counts its memory. */
final class TlsHandler extends SslHandler {

  /** The time for pending writes of a connection that is being closed. */
  private static final long CLOSE_FLUSH_MILLIS = 500;

  /**
   * The most content of one record. Netty's default of 16 KiB is a few bytes more than the JDK puts
   * into one, so the rest would be copied.
   */
  static final int RECORD_BYTES = 16 * 1024 - 64;

  /** The number of records without content that are always allowed: a handshake needs some. */
  private static final int FREE_RECORDS = 100;

  /** The content that allows one more; a normal change of keys comes after much more. */
  private static final long BYTES_PER_RECORD = 16L * 1024 * 1024;

  /** The peer causes useless work. */
  static final class TooManyRecordsException extends SSLException {
    TooManyRecordsException() {
      super("too many records without content");
    }
  }

  private final SSLEngine engine;
  private long emptyRecords;
  private long contentBytes;

  /**
   * @param handshakes runs the slow parts of handshakes
   */
  TlsHandler(SSLEngine engine, Executor handshakes) {
    super(engine, handshakes);
    this.engine = engine;
    setWrapDataSize(RECORD_BYTES);
    setHandshakeTimeoutMillis(0); // the registration deadline covers it
    setCloseNotifyFlushTimeoutMillis(CLOSE_FLUSH_MILLIS);
  }

  /** The size of the buffer for an incomplete record. */
  int waitingBytes() {
    return internalBuffer().capacity();
  }

  /** Must be called with decrypted bytes. */
  void decrypted(int bytes) {
    contentBytes += bytes;
  }

  /**
   * Limits records without content. Each may be a change of keys: it costs the peer 27 bytes, but
   * costs this server a thousand times the work of reading them, and an answer that waits in memory
   * if the peer does not read.
   */
  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws SSLException {
    int bytesBefore = in.readableBytes();
    long contentBefore = contentBytes;
    super.decode(ctx, in, out);
    if (contentBytes == contentBefore && in.readableBytes() < bytesBefore) {
      emptyRecords++;
      if (emptyRecords > FREE_RECORDS + contentBytes / BYTES_PER_RECORD) {
        throw new TooManyRecordsException();
      }
    }
  }

  /** Drops data after the end of the stream, so that it does not pile up. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (engine.isInboundDone()) {
      ReferenceCountUtil.release(message);
    } else {
      super.channelRead(ctx, message);
    }
  }
}
