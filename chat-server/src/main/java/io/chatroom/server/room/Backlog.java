package io.chatroom.server.room;

import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for one member, and who pays for it.
 *
 * <p>A member whose backlog is full slows the senders, so that a member who is merely slower than
 * they are loses nothing: it has as long as {@link Patience} allows to get half of its backlog
 * done. One that does not make it is <em>lagging</em>: it is skipped, whole messages only, until it
 * has, and pays for its slowness alone. For a while after that the room has no patience with it, so
 * that a member that is slow for ever cannot slow everybody again and again.
 *
 * <p>Bursts are shared, so many members that lag hold the same bytes once. Belongs to the member's
 * event loop.
 */
final class Backlog {

  /** Full at 1 MiB, and done well enough at half of that. */
  private static final WriteBufferWaterMark MARKS =
      new WriteBufferWaterMark(512 * 1024, 1024 * 1024);

  /** How long a member that was lagging has to keep up before the room waits for it again. */
  static final Duration PROBATION = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(Backlog.class);

  private enum State {
    /** Below its mark; receives everything. */
    KEEPING_UP,
    /** Over its mark; receives everything, and the senders wait for it. */
    SLOW,
    /** Over its mark for too long; receives nothing more until it is below. */
    LAGGING,
    /** The member has left. */
    CLOSED
  }

  private final Member member;
  private final Broadcaster broadcaster;
  private final BackPressure backPressure;
  private final Patience roomsPatience;
  private State state = State.KEEPING_UP;
  private @Nullable ScheduledFuture<?> endOfPatience;
  private long slowSinceNanos;
  private boolean everLagged;
  private boolean onProbation;
  private long probationEndsNanos;
  private long messagesAtLag;

  Backlog(Member member, Broadcaster broadcaster) {
    member.channel().config().setWriteBufferWaterMark(MARKS);
    this.member = member;
    this.broadcaster = broadcaster;
    this.backPressure = broadcaster.backPressure();
    this.roomsPatience = broadcaster.patience();
  }

  void writabilityChanged(boolean writable) {
    switch (state) {
      case KEEPING_UP -> {
        if (!writable) {
          fallBehind();
        }
      }
      case SLOW -> {
        if (writable) {
          stopSlowing();
          state = State.KEEPING_UP;
        }
      }
      case LAGGING -> {
        if (writable) {
          followAgain();
        }
      }
      case CLOSED -> {}
    }
  }

  void close() {
    if (state == State.SLOW) {
      stopSlowing();
    }
    state = State.CLOSED;
  }

  private void fallBehind() {
    long now = now();
    if (onProbation && now - probationEndsNanos < 0) {
      lag();
      return;
    }
    state = State.SLOW;
    slowSinceNanos = now;
    backPressure.begin();
    endOfPatience =
        broadcaster
            .loop()
            .schedule(this::losePatience, roomsPatience.grantNanos(now), TimeUnit.NANOSECONDS);
  }

  private void losePatience() {
    if (state == State.SLOW) {
      roomsPatience.pay(slowSinceNanos, now());
      stopSlowing();
      lag();
    }
  }

  private void lag() {
    if (!everLagged) { // said once a connection, or a member could write the log at will
      everLagged = true;
      log.info(
          "{} does not keep up: messages are skipped for it until it has read what waits",
          member.channel().remoteAddress());
    }
    state = State.LAGGING;
    messagesAtLag = broadcaster.messages();
    broadcaster.skip(member);
  }

  private void followAgain() {
    state = State.KEEPING_UP;
    onProbation = true;
    probationEndsNanos = now() + PROBATION.toNanos();
    broadcaster.followAgain(member);
    log.debug(
        "{} reads again; it missed {} messages",
        member.channel(),
        broadcaster.messages() - messagesAtLag);
  }

  private void stopSlowing() {
    if (endOfPatience != null) {
      endOfPatience.cancel(false);
      endOfPatience = null;
    }
    backPressure.end();
  }

  private long now() {
    return broadcaster.loop().ticker().nanoTime();
  }
}
