package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Netty's TLS handler for one connection, which also tells how much memory it holds. */
final class TlsHandler extends SslHandler {

  /** How long a closed connection may take to accept pending writes. */
  private static final long LAST_WORDS_MILLIS = 500;

  /**
   * How much goes into one record. With its default of 16 KiB, Netty would ask for a few bytes more
   * than the JDK puts into one, and copy the rest.
   */
  static final int RECORD_BYTES = 16 * 1024 - 64;

  /** How many records without content are free: a handshake needs some. */
  private static final int FREE_RECORDS = 100;

  /** How much content allows one more; a normal change of keys comes after much more than that. */
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
    setCloseNotifyFlushTimeoutMillis(LAST_WORDS_MILLIS);
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
   * Each record without content may be a change of keys, which costs a peer 27 bytes, but costs us
   * a thousand times the work of reading it, and an answer that waits if the peer does not read.
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
