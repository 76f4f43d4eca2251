package io.chatroom.server.seed;

import io.chatroom.server.room.BackPressure;
import io.chatroom.server.room.Seat;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a member that does not take all it is given is treated: what it has not got yet, and who pays
 * for that.
 *
 * <p>A member that has fallen behind is brought up from what its event loop keeps for the room.
 * When it is behind by more than its bound it slows the senders, so that a member who is merely
 * slower than they are loses nothing: it has as long as {@link Patience} allows to get within half
 * of the bound. One that does not make it is <em>lagging</em>: nothing is kept for it alone any
 * more, so it misses messages, whole ones only, and pays for its slowness alone. For a while after
 * that the room has no patience with it, so that a member that is slow for ever cannot slow
 * everybody again and again.
 *
 * <p>Belongs to the member's event loop. Made when a member falls behind for the first time, which
 * most never do.
 */
final class Backlog {

  /**
   * A member that has taken this much is one that reads: the kernels of both sides swallow less for
   * one that does not, unless it asks its own to.
   */
  static final int PROOF_BYTES = 2 * 1024 * 1024;

  /** How long a member that was lagging has to keep up before the room waits for it again. */
  static final Duration PROBATION = Duration.ofSeconds(30);

  /** It misses no messages. */
  static final long NOTHING = -1;

  private enum State {
    /** Receives what is said when it is said. */
    KEEPING_UP,
    /** Is being brought up from what is kept. */
    BEHIND,
    /** The same, and the senders wait for it. */
    SLOW,
    /** Misses what is not kept any more when it reads again. */
    LAGGING
  }

  /** Who keeps what members have not got yet, and knows how long a room waits for them. */
  interface Keeper {

    BacklogPolicy policy();

    Patience patience();

    EventLoop loop();

    BackPressure pressure();

    /** The room does not wait for it any longer. */
    void lags(Seat seat);
  }

  private final Seat seat;
  private final Keeper keeper;
  private State state = State.KEEPING_UP;
  private long place;
  private long missesFrom = NOTHING;
  private @Nullable ScheduledFuture<?> endOfPatience;
  private long slowSinceNanos;
  private boolean reads;
  private long fellAt;
  private long placeBefore;
  private boolean everLagged;
  private boolean onProbation;
  private long probationEndsNanos;

  Backlog(Seat seat, Keeper keeper) {
    this.seat = seat;
    this.keeper = keeper;
  }

  /** Up to where in the order the member has been given what is said. */
  long place() {
    return place;
  }

  /** Before which message it stopped to be given any; {@link #NOTHING} while it is not lagging. */
  long missesFrom() {
    return missesFrom;
  }

  void missesFrom(long message) {
    missesFrom = message;
  }

  /** It has not taken all it was given: from this place on it has to be brought up. */
  void begin(long from) {
    state = State.BEHIND;
    place = from;
    fellAt = from;
  }

  /**
   * The order has grown and ends there now.
   *
   * @param tooMuchInAll whether it would be too far behind even if it were less far
   */
  void growTo(long end, boolean tooMuchInAll) {
    boolean tooMuch = tooMuchInAll || end - place > keeper.policy().memberBytes();
    if (state == State.BEHIND && tooMuch) {
      exceed();
    }
  }

  /** It was given everything up to a place. */
  void advance(long to, long end) {
    place = to;
    if (to == end) {
      end();
    } else if (state == State.SLOW && end - to <= keeper.policy().memberBytes() / 2) {
      stopSlowing();
      state = State.BEHIND;
    }
  }

  /** It was lagging, and has to be brought up from a place, or from its own if that is later. */
  void readAgain(long from) {
    state = State.BEHIND;
    place = Math.max(place, from);
    fellAt = place;
    seat.hasHeardNothingBefore(place);
    onProbation = true;
    probationEndsNanos = now() + PROBATION.toNanos();
  }

  /** It has everything, or has left. */
  void end() {
    if (state == State.SLOW) {
      stopSlowing();
    }
    state = State.KEEPING_UP;
  }

  /** Whether this is so, the first time it is asked. */
  boolean lagsForTheFirstTime() {
    boolean first = !everLagged;
    everLagged = true;
    return first;
  }

  private void exceed() {
    long now = now();
    if (onProbation && now - probationEndsNanos < 0) {
      lag();
      return;
    }
    reads = seat.heardUntil(place) >= PROOF_BYTES;
    long granted = keeper.patience().grantNanos(reads, place > fellAt, now);
    if (granted <= 0) {
      lag();
      return;
    }
    state = State.SLOW;
    slowSinceNanos = now;
    keeper.pressure().begin();
    waitForIt(granted);
  }

  private void waitForIt(long nanos) {
    placeBefore = place;
    endOfPatience = keeper.loop().schedule(this::losePatience, nanos, TimeUnit.NANOSECONDS);
  }

  private void losePatience() {
    if (state != State.SLOW) {
      return;
    }
    long now = now();
    long more = keeper.patience().extendNanos(now - slowSinceNanos);
    if (place > placeBefore && more > 0) {
      waitForIt(more);
    } else {
      keeper.patience().pay(reads, slowSinceNanos, now);
      stopSlowing();
      lag();
    }
  }

  private void lag() {
    state = State.LAGGING;
    keeper.lags(seat);
  }

  private void stopSlowing() {
    if (endOfPatience != null) {
      endOfPatience.cancel(false);
      endOfPatience = null;
    }
    keeper.pressure().end();
  }

  private long now() {
    return keeper.loop().ticker().nanoTime();
  }
}
