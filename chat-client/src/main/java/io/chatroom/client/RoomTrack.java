package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One room as a client follows it: tracks its numbers over all connections, and detects a server
 * that breaks their order (S-50 to S-53). Independent of any connection. On the client's thread,
 * except for {@link #position}.
 */
final class RoomTrack {

  /** Its state on the present connection. */
  enum State {
    /** The join is still to be sent. */
    WANTED,
    /** The join is sent; the answer is awaited. */
    ASKED,
    /** Joined: numbers arrive. */
    IN,
    /** Leaving: numbers arrive until the server confirms. */
    LEAVING
  }

  private final RoomName name;
  private final Start start;
  private final CompletableFuture<FromServer.Joined> joined = new CompletableFuture<>();
  private RoomListener listener;
  private State state = State.WANTED;
  private volatile @Nullable Position position;
  private @Nullable String epoch;

  private boolean isUnasked;
  private long heardAt;

  /** The expected number. */
  private long next;

  /** The server owes a gap before anything else. */
  private boolean gapIsDue;

  /** That gap starts a new log; until it arrives, the old position counts. */
  private boolean isOtherLog;

  /** The newest number of the log when the room was joined on this connection. */
  private long newestSeq;

  /** The newest time of anything received, in ms since 1970. */
  private long newestAt = Long.MIN_VALUE;

  /** The time of the first join, if it was live, in ms since 1970 by this machine's clock. */
  private long joinedAt = Long.MIN_VALUE;

  /** The last number and the newest time of what a new log repeats. */
  private long replayedSeq;

  private long replayedAt = Long.MIN_VALUE;

  /** Completes a {@link SessionClient#leave} that waits for the join, or null. */
  private @Nullable CompletableFuture<Void> leaving;

  /** Rejoins the room as soon as this one has left it, or null. */
  private @Nullable RoomTrack successor;

  RoomTrack(RoomName name, Start start, RoomListener listener) {
    this.name = name;
    this.start = start;
    this.listener = listener;
  }

  /** A private room that the server opened unasked. */
  static RoomTrack unasked(RoomName name, long seq, RoomListener listener) {
    RoomTrack track = new RoomTrack(name, Start.live(), listener);
    track.isUnasked = true;
    track.state = State.IN;
    track.next = seq;
    return track;
  }

  RoomName name() {
    return name;
  }

  /** True if the server opened it and this program did not join it. */
  boolean isUnasked() {
    return isUnasked;
  }

  /** The time of its last object, as {@link SessionRooms} counts. */
  long heardAt() {
    return heardAt;
  }

  void heardAt(long now) {
    heardAt = now;
  }

  /** This program joins it. */
  void wanted() {
    isUnasked = false;
  }

  RoomListener listener() {
    return listener;
  }

  void listener(RoomListener other) {
    listener = other;
  }

  State state() {
    return state;
  }

  void state(State now) {
    state = now;
  }

  /** Completes when the room is joined for the first time. */
  CompletableFuture<FromServer.Joined> joined() {
    return joined;
  }

  @Nullable CompletableFuture<Void> leaving() {
    return leaving;
  }

  void leaving(CompletableFuture<Void> left) {
    leaving = left;
  }

  @Nullable RoomTrack successor() {
    return successor;
  }

  void successor(RoomTrack track) {
    successor = track;
  }

  /** The position up to which everything was delivered, or null. For any thread. */
  @Nullable Position position() {
    return position;
  }

  /** True if its epoch is unknown, so that it cannot be resumed. */
  boolean isWithoutEpoch() {
    return epoch == null;
  }

  /** The join to send. */
  FromClient.Wish wish() {
    Position known = after();
    return new FromClient.Wish(name, known, known == null ? start.last() : null);
  }

  private @Nullable Position after() {
    Position known = position;
    return known == null ? start.after() : known;
  }

  /** The server has confirmed the join. */
  void join(FromServer.Joined answer) throws RuleBrokenException {
    check(answer.first() <= answer.seq() + 1, "first is beyond what comes after its newest");
    if (state == State.IN && epoch == null) {
      check(answer.seq() >= next - 1, "its newest is " + answer.seq() + " after more was sent");
      epoch = answer.epoch();
      position = new Position(answer.epoch(), next - 1);
      return;
    }
    if (state == State.IN && name.isPrivate() && answer.epoch().equals(epoch)) {
      return; // it came unasked before the answer
    }
    boolean isUnaskedAgain = state == State.WANTED && name.isPrivate();
    check(state == State.ASKED || isUnaskedAgain, "joined comes without having been asked for");
    Position after = after();
    gapIsDue = false;
    isOtherLog = false;
    if (after == null) {
      check(answer.resume() == null, "resume comes without having been asked for");
      Long last = start.last();
      next = answer.seq() + 1;
      if (last == null) {
        joinedAt = System.currentTimeMillis();
      } else {
        next = Math.max(answer.first(), next - Math.min(last, answer.seq()));
      }
    } else {
      check(answer.resume() != null, "resume is missing");
      boolean isKnown = after.epoch().equals(answer.epoch()) && after.seq() <= answer.seq();
      gapIsDue = answer.resume() == FromServer.Resume.GAP;
      isOtherLog = !isKnown;
      check(isKnown || gapIsDue, "resume is complete, but " + after + " is of another log");
      next = isKnown ? after.seq() + 1 : 1;
    }
    epoch = answer.epoch();
    newestSeq = answer.seq();
    state = State.IN;
    known();
  }

  /**
   * The next number is taken by a message, an event or an acknowledgement.
   *
   * @param at its time, in ms since 1970
   * @return true if the new log repeats it: it was there when this client rejoined, and is no newer
   *     than the newest one received from the old log, or than the first join if none was
   */
  boolean take(long seq, long at) throws RuleBrokenException {
    checkIsIn();
    check(!gapIsDue, "number " + seq + " comes where a gap was announced");
    check(seq == next, "number " + seq + " comes, expected " + next);
    next = seq + 1;
    newestAt = Math.max(newestAt, at);
    known();
    return seq <= replayedSeq && at <= replayedAt;
  }

  /** Some numbers will not come. */
  void take(FromServer.Gap gap) throws RuleBrokenException {
    checkIsIn();
    check(gap.from() == next, "a gap comes from " + gap.from() + ", expected from " + next);
    check(
        gap.why().equals(FromServer.Gap.EPOCH) == isOtherLog,
        "a gap comes because of " + gap.why() + ", and joined tells otherwise");
    check(isOtherLog || gap.to() >= gap.from(), "a gap comes in which nothing is missing");
    if (isOtherLog) {
      replayedSeq = newestSeq;
      replayedAt = newestAt == Long.MIN_VALUE ? joinedAt : newestAt;
    }
    next = gap.to() + 1;
    gapIsDue = false;
    isOtherLog = false;
    known();
  }

  /** A pong says how far the server has delivered the room. */
  void head(long seq) throws RuleBrokenException {
    if (state == State.IN && !gapIsDue) {
      check(seq == next - 1, "pong tells of " + seq + ", heard was up to " + (next - 1));
    }
  }

  private void checkIsIn() throws RuleBrokenException {
    check(state == State.IN || state == State.LEAVING, "it is heard without having been joined");
  }

  private void known() {
    String log = epoch;
    if (log != null && !isOtherLog) {
      position = new Position(log, next - 1);
    }
  }

  private void check(boolean kept, String sentence) throws RuleBrokenException {
    if (!kept) {
      throw new RuleBrokenException(
          "in the room " + VisibleText.of(name.text()) + " " + VisibleText.of(sentence));
    }
  }
}
