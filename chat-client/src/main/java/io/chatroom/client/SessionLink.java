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
 * objects, pings the server now and then (S-63), and tells the session once how the connection
 * ended. After that, and after {@link #cut}, everything that comes is ignored. On the client's
 * thread.
 */
final class SessionLink extends SimpleChannelInboundHandler<ByteBuf> {

  /** The longest object, whatever the server announces: this bounds the memory of one. */
  static final int MAX_BYTES = 32 << 20;

  /** The longest object until the server has announced its limit (S-04). */
  private static final int FIRST_MAX_MESSAGE_BYTES = 65_536;

  private static final int LOOKS_PER_PING = 4;

  /** The longest time between two pings, whatever the server announces. */
  private static final long LONGEST_PING_SECONDS = 300;

  /** Hears what happens on a link. */
  interface Ear {
    void opened(SessionLink link);

    void heard(SessionLink link, FromServer object);

    /** All objects that arrived together were handed over. */
    void pause(SessionLink link);

    /**
     * The connection has ended.
     *
     * @param reason an {@link IOException}, a {@link RuleBrokenException}, or null if the server
     *     ended it without a reason
     */
    void ended(SessionLink link, @Nullable Throwable reason);
  }

  private final Ear ear;
  private final boolean isWebSocket;
  private @Nullable ChannelHandlerContext context;
  private int maxBytes = SessionLimits.maxFrameBytes(FIRST_MAX_MESSAGE_BYTES);
  private boolean over;
  private boolean saidBye;
  private boolean heardSomething;
  private boolean heardAtAll;

  private long sentNanos;
  private long heardNanos;
  private long lookedNanos;
  private long pingNanos;
  private boolean pingIsOut;

  SessionLink(Ear ear, boolean isWebSocket) {
    this.ear = ear;
    this.isWebSocket = isWebSocket;
  }

  /** How long the next object may be. */
  int maxBytes() {
    return maxBytes;
  }

  /** Whether the server has said anything. */
  boolean heardAtAll() {
    return heardAtAll;
  }

  boolean isWebSocket() {
    return isWebSocket;
  }

  /** Sends an object; what fails ends the link. Nothing goes out behind a bye. */
  void say(FromClient object) {
    if (context != null && !over && !saidBye) {
      sentNanos = System.nanoTime();
      saidBye = object instanceof FromClient.Bye;
      context.write(object);
    }
  }

  /** Closes it; {@link Ear#ended} is not called any more. */
  void cut() {
    over = true;
    if (context != null) {
      context.close();
    }
  }

  /** Applies what the server has announced. */
  void welcome(FromServer.Welcome welcome) {
    Long limit = welcome.limits().get(FromServer.Welcome.MAX_MESSAGE_BYTES);
    if (limit != null) {
      int told = SessionLimits.maxFrameBytes((int) Math.min(Integer.MAX_VALUE, limit));
      maxBytes = Math.min(MAX_BYTES, Math.max(told, maxBytes));
    }
    long seconds = Math.min(LONGEST_PING_SECONDS, welcome.pingSeconds());
    lookedNanos = System.nanoTime();
    lookLater(TimeUnit.SECONDS.toNanos(seconds));
  }

  private void lookLater(long pingNanos) {
    if (context != null && !over) {
      context
          .executor()
          .schedule(() -> look(pingNanos), pingNanos / LOOKS_PER_PING, TimeUnit.NANOSECONDS);
    }
  }

  private void look(long everyNanos) {
    if (over) {
      return;
    }
    long now = System.nanoTime();
    // This thread was busy, and has not read yet what came meanwhile.
    boolean isLate = now - lookedNanos > 2 * everyNanos / LOOKS_PER_PING;
    lookedNanos = now;
    if (pingIsOut && heardNanos - pingNanos > 0) {
      pingIsOut = false;
    }
    if (pingIsOut && isLate) {
      pingNanos = now;
    }
    if (pingIsOut && now - pingNanos >= everyNanos) {
      end(new IOException("nothing came for " + everyNanos / 1_000_000 + " ms after a ping"));
      return;
    }
    long patience = everyNanos - everyNanos / LOOKS_PER_PING;
    if (!pingIsOut && (now - sentNanos >= patience || now - heardNanos >= patience)) {
      pingIsOut = true;
      pingNanos = now;
      say(new FromClient.Ping(null));
    } else if (now - sentNanos >= patience) {
      say(new FromClient.Ping(null));
    }
    lookLater(everyNanos);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    if (over) { // given up before it was connected
      ctx.close();
      return;
    }
    heardNanos = System.nanoTime();
    if (!isWebSocket) {
      ctx.write(Unpooled.wrappedBuffer(SessionJson.magic()));
    }
    ear.opened(this);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf json) {
    if (over) {
      return;
    }
    heardNanos = System.nanoTime();
    heardSomething = true;
    heardAtAll = true;
    FromServer object;
    try {
      object = SessionJson.readServer(json);
    } catch (BadObjectException e) {
      if (e.code() != Code.UNKNOWN_TYPE) { // a newer server may say more
        end(new RuleBrokenException(String.valueOf(e.getMessage())));
      }
      return;
    }
    ear.heard(this, object);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (heardSomething && !over) {
      heardSomething = false;
      ear.pause(this);
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
      ear.ended(this, reason);
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
