package io.chatroom.server.seed;

import io.chatroom.server.room.BackPressure;
import io.chatroom.server.room.Seat;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The state of a member that reads too slowly: what it has not received yet, and how long senders
 * wait for it.
 *
 * <p>A member that falls behind catches up from the bursts that its event loop keeps for the room.
 * Once it is further behind than its bound it slows the senders, so that a member that is only a
 * little slower than they are loses nothing: it has as long as {@link Patience} allows to get
 * within half of the bound. If it fails, it is <em>lagging</em>: nothing is kept for it alone any
 * more, so it misses messages (whole ones only) and slows nobody. For a while after that the room
 * does not wait for it at all, so that a permanently slow member cannot slow the room again and
 * again.
 *
 * <p>Belongs to the member's event loop. Created when a member first falls behind; most never do.
 */
final class Backlog {

  /**
   * A member that has taken this much is certainly reading: the kernels of both sides buffer less,
   * unless the peer asks its own for more.
   */
  static final int PROOF_BYTES = 2 * 1024 * 1024;

  /** Time for which a member must keep up after lagging before the room waits for it again. */
  static final Duration PROBATION = Duration.ofSeconds(30);

  /** Not lagging. */
  static final long NOTHING = -1;

  private enum State {
    /** Up to date: receives each burst when it is delivered. */
    KEEPING_UP,
    /** Catching up from kept bursts. */
    BEHIND,
    /** Catching up from kept bursts, while the senders wait for it. */
    SLOW,
    /** Lagging: when it reads again, it misses what is no longer kept. */
    LAGGING
  }

  /**
   * Keeps the bursts that members have not received yet, and decides how long a room waits for
   * them.
   */
  interface Keeper {

    BacklogPolicy policy();

    Patience patience();

    EventLoop loop();

    BackPressure pressure();

    /** Called when the room's patience with a member ends. */
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

  /** The place in the order up to which the member was given bursts. */
  long place() {
    return place;
  }

  /** The first message that it was not given; {@link #NOTHING} while it is not lagging. */
  long missesFrom() {
    return missesFrom;
  }

  void missesFrom(long message) {
    missesFrom = message;
  }

  /** Begins to catch up from a place, as the member has not taken all it was given. */
  void begin(long from) {
    state = State.BEHIND;
    place = from;
    fellAt = from;
  }

  /**
   * Called when the order has grown.
   *
   * @param end the new end of the order
   * @param tooMuchInAll true if it counts as too far behind whatever its distance
   */
  void growTo(long end, boolean tooMuchInAll) {
    boolean tooMuch = tooMuchInAll || end - place > keeper.policy().memberBytes();
    if (state == State.BEHIND && tooMuch) {
      exceed();
    }
  }

  /** Called when it was given all bursts up to a place. */
  void advance(long to, long end) {
    place = to;
    if (to == end) {
      end();
    } else if (state == State.SLOW && end - to <= keeper.policy().memberBytes() / 2) {
      stopSlowing();
      state = State.BEHIND;
    }
  }

  /** Begins to catch up after lagging, from a place, or from its own place if that is later. */
  void readAgain(long from) {
    state = State.BEHIND;
    place = Math.max(place, from);
    fellAt = place;
    seat.startAt(place);
    onProbation = true;
    probationEndsNanos = now() + PROBATION.toNanos();
  }

  /** Called when it has received everything, or has left. */
  void end() {
    if (state == State.SLOW) {
      stopSlowing();
    }
    state = State.KEEPING_UP;
  }

  /** True on the first call only, if it lags. */
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
    reads = seat.receivedUntil(place) >= PROOF_BYTES;
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
