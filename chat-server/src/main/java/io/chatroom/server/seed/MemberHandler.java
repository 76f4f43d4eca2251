package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.PausableDecoder;
import io.chatroom.server.front.Intake;
import io.chatroom.server.front.TokenBucket;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands what a member says to the room, as fast as it may say it, and tells the room when it has
 * gone.
 *
 * <p>A member that says too much is not read from until it may say the next message. So nothing is
 * lost, and TCP slows it down.
 */
final class MemberHandler extends ConnectionHandler {

  private final SeedMember member;
  private final @Nullable TokenBucket allowance;
  private @Nullable Future<?> nextMessage;

  /** When the messages of one read were read: one look at the clock is enough for all of them. */
  private long readAt;

  private boolean reading;

  /**
   * @param allowance how fast it may talk; null is as fast as it likes
   */
  MemberHandler(SeedMember member, @Nullable TokenBucket allowance, SeedLog log) {
    super(log);
    this.member = member;
    this.allowance = allowance;
  }

  @Override
  boolean isMember() {
    return true;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame message) {
    if (member.say(message.bytes())) {
      log.said(ctx.channel(), member.name(), message);
    }
    if (allowance != null) {
      limit(ctx, allowance);
    }
  }

  private void limit(ChannelHandlerContext ctx, TokenBucket allowance) {
    if (!reading) {
      reading = true;
      readAt = ctx.executor().ticker().nanoTime();
    }
    long waitNanos = allowance.take(readAt);
    if (waitNanos > 0 && member.intake().stop(Intake.Reason.RATE)) {
      log.delayed(waitNanos);
      nextMessage =
          ctx.executor()
              .schedule(
                  () -> member.intake().resume(Intake.Reason.RATE),
                  waitNanos,
                  TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event == PausableDecoder.END_WAITS) {
      member.listensNoMore();
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (nextMessage != null) {
      nextMessage.cancel(false);
    }
    member.left();
    log.left(ctx.channel(), member.name());
  }
}
