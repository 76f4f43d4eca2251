package io.chatroom.server.seed;

import io.chatroom.protocol.Frame;
import io.chatroom.protocol.PausableDecoder;
import io.chatroom.protocol.session.Code;
import io.chatroom.server.front.Intake;
import io.chatroom.server.front.TokenBucket;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.People;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Passes a member's messages to the room, within the member's rate, and tells the room when it has
 * left.
 *
 * <p>A member over its rate is not read from until it can send the next message. So nothing is
 * lost, and TCP slows it down.
 */
final class MemberHandler extends ConnectionHandler {

  /** Interval, in milliseconds, at which a wait for a turn in a slow room is checked again. */
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final SeedMember member;
  private final SeedGuest guest;
  private final People people;
  private final @Nullable TokenBucket allowance;
  private @Nullable Future<?> nextMessage;
  private @Nullable Future<?> nextTurn;

  /** The time of the current read. The clock is read once for all messages of a read. */
  private long readAt;

  private boolean reading;

  /**
   * @param guest the same member, for moderation
   * @param allowance its rate limit; null is none
   */
  MemberHandler(
      SeedMember member,
      SeedGuest guest,
      People people,
      @Nullable TokenBucket allowance,
      SeedLog log) {
    super(log);
    this.member = member;
    this.guest = guest;
    this.people = people;
    this.allowance = allowance;
  }

  @Override
  boolean isMember() {
    return true;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, Frame message) {
    Denial denial = people.mayTalk(guest.person(), guest.room());
    boolean hasToWait = denial != null && denial.code() == Code.RATE;
    if (denial != null && !hasToWait) {
      return; // its protocol cannot express a refusal
    }
    if (member.send(message.bytes())) {
      log.said(ctx.channel(), member.name(), message);
    }
    if (allowance != null) {
      limit(ctx, allowance);
    }
    takeTurns(ctx);
  }

  /** In a slow room, stops reading from it until it can send the next message. */
  private void takeTurns(ChannelHandlerContext ctx) {
    long wait = people.untilTurnMillis(guest.person(), guest.room());
    if (wait > 0 && member.intake().stop(Intake.Reason.TURN)) {
      waitForTurn(ctx, wait);
    }
  }

  private void waitForTurn(ChannelHandlerContext ctx, long wait) {
    nextTurn =
        ctx.executor()
            .schedule(
                () -> {
                  long more = people.untilTurnMillis(guest.person(), guest.room());
                  if (more > 0) {
                    waitForTurn(ctx, more);
                  } else {
                    member.intake().resume(Intake.Reason.TURN);
                  }
                },
                Math.min(wait, LONGEST_PAUSE_MILLIS),
                TimeUnit.MILLISECONDS);
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
      member.stopListening();
    } else {
      super.userEventTriggered(ctx, event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (nextMessage != null) {
      nextMessage.cancel(false);
    }
    if (nextTurn != null) {
      nextTurn.cancel(false);
    }
    people.goes(guest);
    member.left();
    log.left(ctx.channel(), member.name());
  }
}
