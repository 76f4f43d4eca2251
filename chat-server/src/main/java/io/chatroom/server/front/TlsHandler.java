package io.chatroom.server.front;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/** Netty's TLS for one connection, with what it holds in sight. */
final class TlsHandler extends SslHandler {

  /** How long a connection that is closed may take to take what was written before. */
  private static final long LAST_WORDS_MILLIS = 500;

  /**
   * How much goes into one record. With its 16 KiB Netty would ask for a few bytes more than the
   * JDK puts into one, and copy the rest.
   */
  static final int RECORD_BYTES = 16 * 1024 - 64;

  /** Records without content that cost a peer nothing: a handshake takes some. */
  private static final int FREE_RECORDS = 100;

  /** So much content pays for one more; who changes its keys does so after much more than that. */
  private static final long BYTES_PER_RECORD = 16L * 1024 * 1024;

  /** The peer makes us work for nothing. */
  static final class TooManyRecordsException extends SSLException {
    TooManyRecordsException() {
      super("too many records without content");
    }
  }

  private final SSLEngine engine;
  private long emptyRecords;
  private long contentBytes;

  /**
   * @param handshakes does what takes long
   */
  TlsHandler(SSLEngine engine, Executor handshakes) {
    super(engine, handshakes);
    this.engine = engine;
    setWrapDataSize(RECORD_BYTES);
    setHandshakeTimeoutMillis(0); // the time for registration is its time
    setCloseNotifyFlushTimeoutMillis(LAST_WORDS_MILLIS);
  }

  /** The size of the buffer in which the rest of a record is awaited. */
  int waitingBytes() {
    return internalBuffer().capacity();
  }

  /** Must be called with what has been decrypted. */
  void decrypted(int bytes) {
    contentBytes += bytes;
  }

  /**
   * Each record without content may be a change of keys, which costs a peer 27 bytes and us a
   * thousand times the work of reading it, and an answer that waits for a peer that reads nothing.
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

  /** Nothing counts that comes after the end, and it must not pile up. */
  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    if (engine.isInboundDone()) {
      ReferenceCountUtil.release(message);
    } else {
      super.channelRead(ctx, message);
    }
  }
}
