package io.chatroom.server.front;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.ProtocolException;
import io.chatroom.protocol.Violation;
import io.chatroom.server.metrics.Outcome;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.seed.SeedMember;
import io.chatroom.server.seed.SeedRoom;
import io.chatroom.server.transport.Abort;
import io.chatroom.server.transport.Outlets;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first frame, the name (P-09), makes the connection a member of the room and leaves
 * its place to a {@link MemberHandler}. It waits so long and no longer, however the bytes trickle
 * in (P-12).
 */
final class RegistrationHandler extends ConnectionHandler {

  private final SeedRoom room;
  private final Duration timeout;
  private final RateLimit rateLimit;
  private @Nullable Future<?> deadline;

  RegistrationHandler(SeedRoom room, Duration timeout, RateLimit rateLimit, ConnectionLog log) {
    super(log);
    this.room = room;
    this.timeout = timeout;
    this.rateLimit = rateLimit;
  }

  @Override
  boolean isMember() {
    return false;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    deadline =
        ctx.executor().schedule(() -> giveUp(ctx), timeout.toMillis(), TimeUnit.MILLISECONDS);
    ctx.fireChannelActive();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame name) {
    if (!ctx.channel().isOpen()) {
      return; // it was refused just now, and these came with its name
    }
    if (room.isClosing()) {
      log.refusedLate(ctx.channel(), Outcome.REFUSED_DRAINING, "the server is about to stop");
      Abort.close(ctx.channel()); // a FIN would say that all it sent was read (P-20)
      return;
    }
    ChannelHandlerContext out = ctx.pipeline().context(ConnectionPipeline.ROOM);
    TlsConnection tls = ctx.pipeline().get(TlsConnection.class);
    Outlet outlet = tls == null ? Outlets.of(out) : tls.outlet(out);
    SeedMember member = room.join(out, outlet, name.text(), name.bytes());
    log.registered(ctx.channel(), member.name());
    ctx.pipeline().replace(this, null, new MemberHandler(member, allowance(ctx), log));
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    log.leftUnregistered(ctx.channel());
  }

  private @Nullable TokenBucket allowance(ChannelHandlerContext ctx) {
    return rateLimit.isOn() ? rateLimit.bucket(ctx.executor().ticker().nanoTime()) : null;
  }

  /** Also called when this handler is replaced or its channel closes: the deadline goes with it. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private void giveUp(ChannelHandlerContext ctx) {
    ctx.pipeline()
        .fireExceptionCaught(
            new ProtocolException(
                Violation.REGISTRATION_TIMEOUT,
                "no complete name after " + timeout.toMillis() + " ms"));
  }
}
