package io.chatroom.server.front;

import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.protocol.VisibleText;
import io.chatroom.server.room.ChannelOutlet;
import io.chatroom.server.room.Outlet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a connection with TLS look like one without to the handlers behind it.
 *
 * <p>Inbound: close_notify and a bare FIN both become the same end-of-stream event; a TLS error
 * becomes a violation like any other.
 *
 * <p>Outbound: members share the memory of a burst only until it is encrypted. So a burst is
 * encrypted in pieces, each once the network has taken the previous one: a member that does not
 * read holds at most one piece of its own, and is recognised as slow like any other.
 *
 * <p>Belongs to the event loop of its channel.
 */
final class TlsConnection extends ChannelDuplexHandler {

  private static final Logger log = LoggerFactory.getLogger(TlsConnection.class);

  /** The bytes encrypted at once: two TLS records, each of which is written separately. */
  static final int PIECE_BYTES = 2 * TlsHandler.RECORD_BYTES;

  /** Java's message, in any locale, about an alert from the peer. */
  private static final Pattern ALERT = Pattern.compile("Received fatal alert: ([a-z_0-9]{1,40})");

  private record Waiting(ByteBuf bytes, ChannelPromise promise) {}

  private final TlsHandler tls;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private @Nullable ChannelHandlerContext below;
  private boolean passingOn;
  private boolean awaitingNetwork;
  private boolean inputEnded;
  private boolean broken;

  /**
   * @param tls the handler right in front of this one
   */
  TlsConnection(TlsHandler tls) {
    this.tls = tls;
  }

  // ---- in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    tls.decrypted(((ByteBuf) message).readableBytes());
    ctx.fireChannelRead(message);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslCloseCompletionEvent close) {
      if (close.isSuccess()) {
        endInput(ctx);
      }
    } else if (event instanceof ChannelInputShutdownEvent) {
      endInput(ctx);
    } else if (!(event instanceof SslHandshakeCompletionEvent)) { // a failure comes as an exception
      ctx.fireUserEventTriggered(event);
    }
  }

  private void endInput(ChannelHandlerContext ctx) {
    if (!inputEnded) {
      inputEnded = true;
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable reason = cause;
    while (reason != null && !(reason instanceof SSLException)) {
      reason = reason.getCause();
    }
    if (reason == null) {
      ctx.fireExceptionCaught(cause);
    } else if (!broken) { // later errors are consequences
      broken = true;
      log.debug("{}: {}", ctx.channel(), VisibleText.of(reason.toString()));
      ctx.fireExceptionCaught(new ProtocolException(Violation.TLS_FAILED, found(reason)));
    }
  }

  private static String found(Throwable failure) {
    if (failure instanceof NotSslRecordException) {
      return "this is not a TLS record"; // Netty's message contains all its bytes
    }
    if (failure instanceof TlsHandler.TooManyRecordsException) {
      return "too many records without content";
    }
    Matcher alert = ALERT.matcher(String.valueOf(failure.getMessage()));
    if (alert.find()) {
      return "the peer refused TLS with the alert " + alert.group(1);
    }
    if (failure instanceof SSLHandshakeException) {
      return "the peer offers nothing that this server accepts, or its handshake is malformed";
    }
    return "the peer violates TLS, or its records cannot be decrypted";
  }

  // ---- out

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    waiting.add(new Waiting((ByteBuf) message, promise));
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (passingOn || awaitingNetwork) {
      return;
    }
    passingOn = true; // the loop below also passes on writes that a finished piece causes
    try {
      while (!waiting.isEmpty() && networkHasTakenAll(ctx.channel())) {
        passOnPiece(ctx);
      }
    } finally {
      passingOn = false;
    }
    if (!waiting.isEmpty()) {
      awaitingNetwork = true;
      below(ctx)
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(
              taken -> {
                awaitingNetwork = false;
                flush(ctx);
              });
    }
  }

  private void passOnPiece(ChannelHandlerContext ctx) {
    int room = PIECE_BYTES;
    while (room > 0 && !waiting.isEmpty()) {
      Waiting next = waiting.element();
      int bytes = next.bytes.readableBytes();
      if (bytes == 0) {
        // Bypasses TLS, which would make a record of it; but earlier writes must be encrypted
        // first.
        if (room < PIECE_BYTES) {
          break;
        }
        waiting.remove();
        below(ctx).writeAndFlush(next.bytes, next.promise);
      } else if (bytes <= room) {
        waiting.remove();
        ctx.write(next.bytes, next.promise);
      } else {
        bytes = room;
        ctx.write(next.bytes.readRetainedSlice(room), ctx.voidPromise());
      }
      room -= bytes;
    }
    if (room < PIECE_BYTES) {
      ctx.flush();
    }
  }

  private static boolean networkHasTakenAll(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null || buffer.isEmpty();
  }

  /** The context of the TLS handler: writes from here are not encrypted. */
  private ChannelHandlerContext below(ChannelHandlerContext ctx) {
    if (below == null) {
      below = Objects.requireNonNull(ctx.pipeline().context(tls));
    }
    return below;
  }

  /** Returns true if everything flushed has been encrypted and passed to the network. */
  boolean hasPassedOnAll() {
    return waiting.isEmpty();
  }

  /**
   * The outlet of an encrypted connection.
   *
   * @param out a place behind this one
   */
  Outlet outlet(ChannelHandlerContext out) {
    return new ChannelOutlet(out) {

      @Override
      public boolean hasTakenAll() {
        return super.hasTakenAll() && hasPassedOnAll();
      }

      /** Ends the stream: close_notify, then FIN. */
      @Override
      public void endStream() {
        tls.closeOutbound().addListener(said -> super.endStream());
      }
    };
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    drop();
    ctx.close(promise);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    drop();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    drop();
  }

  private void drop() {
    for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
      next.bytes.release();
      if (!next.promise.isVoid()) { // failing a void promise would report it to the pipeline
        next.promise.tryFailure(new ClosedChannelException());
      }
    }
  }
}
