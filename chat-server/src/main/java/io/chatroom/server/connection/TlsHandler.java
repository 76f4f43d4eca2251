package io.chatroom.server.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLEngine;

/** Netty's TLS for one connection, with what it holds in sight. */
final class TlsHandler extends SslHandler {

  /** How long a connection that is closed may take to take what was written before. */
  private static final long LAST_WORDS_MILLIS = 500;

  /**
   * How much goes into one record. With its 16 KiB Netty would ask for a few bytes more than the
   * JDK puts into one, and copy the rest.
   */
  static final int RECORD_BYTES = 16 * 1024 - 64;

  private final SSLEngine engine;

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
