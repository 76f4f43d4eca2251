package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.BadObjectException;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.SessionJson;
import io.chatroom.protocol.session.SessionLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a {@link Session}, over TCP or WebSocket: the end of its pipeline. Parses
 * objects, pings the server (S-63), and reports once how the connection ended. After that, and
 * after {@link #cut}, it ignores all input. On the client's thread.
 */
final class SessionLink extends SimpleChannelInboundHandler<ByteBuf> {

  /** Maximum size of an object, whatever the server announces: this bounds the memory of one. */
  static final int MAX_BYTES = 32 << 20;

  /** Maximum message size until the server has announced its own (S-04). */
  private static final int FIRST_MAX_MESSAGE_BYTES = 65_536;

  private static final int CHECKS_PER_PING = 4;

  /** The longest time between two pings, whatever the server announces. */
  private static final long LONGEST_PING_SECONDS = 300;

  /** The callbacks of a link. */
  interface Listener {
    void opened(SessionLink link);

    void received(SessionLink link, FromServer object);

    /** All objects that arrived together were delivered. */
    void pause(SessionLink link);

    /**
     * The connection has ended.
     *
     * @param reason an {@link IOException}, a {@link RuleBrokenException}, or null if the server
     *     ended it without a reason
     */
    void ended(SessionLink link, @Nullable Throwable reason);
  }

  private final Listener listener;
  private final boolean isWebSocket;
  private @Nullable ChannelHandlerContext context;
  private int maxBytes = SessionLimits.maxFrameBytes(FIRST_MAX_MESSAGE_BYTES);
  private boolean over;
  private boolean saidBye;
  private boolean receivedInBurst;
  private boolean receivedAnything;

  private long sentNanos;
  private long receivedNanos;
  private long checkedNanos;
  private long pingNanos;
  private boolean pingIsOut;

  SessionLink(Listener listener, boolean isWebSocket) {
    this.listener = listener;
    this.isWebSocket = isWebSocket;
  }

  /** Maximum size of the next object, in bytes. */
  int maxBytes() {
    return maxBytes;
  }

  /** True once the server has sent an object. */
  boolean hasReceivedAnything() {
    return receivedAnything;
  }

  boolean isWebSocket() {
    return isWebSocket;
  }

  /** Sends an object; a failure ends the link. Nothing is sent after a bye. */
  void send(FromClient object) {
    if (context != null && !over && !saidBye) {
      sentNanos = System.nanoTime();
      saidBye = object instanceof FromClient.Bye;
      context.write(object);
    }
  }

  /** Closes the connection; {@link Listener#ended} is not called any more. */
  void cut() {
    over = true;
    if (context != null) {
      context.close();
    }
  }

  /** Applies the limits that the server has announced. */
  void welcome(FromServer.Welcome welcome) {
    Long limit = welcome.limits().get(FromServer.Welcome.MAX_MESSAGE_BYTES);
    if (limit != null) {
      int announced = SessionLimits.maxFrameBytes((int) Math.min(Integer.MAX_VALUE, limit));
      maxBytes = Math.min(MAX_BYTES, Math.max(announced, maxBytes));
    }
    long seconds = Math.min(LONGEST_PING_SECONDS, welcome.pingSeconds());
    checkedNanos = System.nanoTime();
    checkLater(TimeUnit.SECONDS.toNanos(seconds));
  }

  private void checkLater(long pingNanos) {
    if (context != null && !over) {
      context
          .executor()
          .schedule(() -> check(pingNanos), pingNanos / CHECKS_PER_PING, TimeUnit.NANOSECONDS);
    }
  }

  private void check(long everyNanos) {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    // This thread was busy, and input may be waiting unread.
    boolean isLate = now - checkedNanos > 2 * everyNanos / CHECKS_PER_PING;
    checkedNanos = now;
    if (pingIsOut && receivedNanos - pingNanos > 0) {
      pingIsOut = false;
    }
    if (pingIsOut && isLate) {
      pingNanos = now;
    }
    if (pingIsOut && now - pingNanos >= everyNanos) {
      end(new IOException("nothing arrived for " + everyNanos / 1_000_000 + " ms after a ping"));
      return;
    }
    long patience = everyNanos - everyNanos / CHECKS_PER_PING;
    if (!pingIsOut && (now - sentNanos >= patience || now - receivedNanos >= patience)) {
      pingIsOut = true;
      pingNanos = now;
      send(new FromClient.Ping(null));
    } else if (now - sentNanos >= patience) {
      send(new FromClient.Ping(null));
    }
    checkLater(everyNanos);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (over) { // given up before it was connected
      ctx.close();
      return;
    }
    receivedNanos = System.nanoTime();
    if (!isWebSocket) {
      ctx.write(Unpooled.wrappedBuffer(SessionJson.magic()));
    }
    listener.opened(this);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf json) {
    if (over) {
      return;
    }
    receivedNanos = System.nanoTime();
    receivedInBurst = true;
    receivedAnything = true;
    FromServer object;
    try {
      object = SessionJson.readServer(json);
    } catch (BadObjectException e) {
      if (e.code() != Code.UNKNOWN_TYPE) { // a newer server may send more types
        end(new RuleBrokenException(String.valueOf(e.getMessage())));
      }
      return;
    }
    listener.received(this, object);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (receivedInBurst && !over) {
      receivedInBurst = false;
      listener.pause(this);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof WebSocketMessages.Closed closed) {
      end(new ClosedByNumber(closed.number()));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable reason = cause;
    if (cause instanceof DecoderException) {
      reason =
          cause.getCause() instanceof RuleBrokenException broken
              ? broken
              : new RuleBrokenException(VisibleText.of(String.valueOf(cause.getMessage())));
    }
    end(reason);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(null);
  }

  private void end(@Nullable Throwable reason) {
    if (!over) {
      cut();
      listener.ended(this, reason);
    }
  }

  /** The server closed the WebSocket without a bye, with this close code alone (S-61). */
  static final class ClosedByNumber extends IOException {

    private final int number;

    ClosedByNumber(int number) {
      super("the server closed the WebSocket with " + number);
      this.number = number;
    }

    int number() {
      return number;
    }

    boolean meansStop() {
      return number >= 4500 && number < 5000;
    }
  }
}
