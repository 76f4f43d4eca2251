package io.chatroom.server.room;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One room on one event loop: gathers what its members say there into bursts for the room's log,
 * and gives them what the log hands back. It decides nothing about order. A room has one only on
 * lanes that have a seat. Belongs to the lane's event loop; only {@code post} may be called from
 * others.
 */
final class Broadcaster implements Stage {

  /**
   * A burst that grows to this size is handed over at once, so that no buffer grows without bound.
   */
  private static final int MAX_BURST_BYTES = 256 * 1024;

  private static final int MIN_CAPACITY = 128;

  private final Lane lane;
  private final RoomLog log;
  private final BackPressure pressure;

  /** By kind; there are few. */
  private final List<Followers> audiences = new ArrayList<>(1);

  /** What has come for this room in this run of the lane. Empty between runs. */
  private final List<Delivery> round = new ArrayList<>(1);

  /** Who has to wait before it may say more. */
  private final List<Member> held = new ArrayList<>(0);

  private int seats;

  private @Nullable Burst burst;

  /**
   * Room for the next burst: what the last ones needed, so that most are written without growing.
   * It shrinks fast, because most rooms are quiet most of the time.
   */
  private int capacity = MIN_CAPACITY;

  /**
   * @param pressure what slows those who talk in this room
   */
  Broadcaster(Lane lane, RoomLog log, BackPressure pressure) {
    this.lane = lane;
    this.log = log;
    this.pressure = pressure;
  }

  Lane lane() {
    return lane;
  }

  // ---- from members to the log

  /**
   * Takes a message from one of its members. While the room, or the server, asks for patience, its
   * author is not read from any further.
   *
   * @return whether it was taken; it is not any more when the server stops
   */
  boolean say(Seat author, ByteBuf messageFrame, @Nullable Post post) {
    if (lane.isStopping()) {
      return false;
    }
    author.doesNotHear(author.nameFrame().length + messageFrame.readableBytes());
    Burst growing = growing();
    if (post == null) {
      growing.add(author, messageFrame);
    } else {
      growing.add(author, messageFrame, post);
    }
    taken(author);
    return true;
  }

  /**
   * Takes an event that one of its members makes.
   *
   * @return as {@link #say}
   */
  boolean happens(Seat author, RoomEvent event) {
    if (lane.isStopping()) {
      return false;
    }
    growing().add(author, event);
    taken(author);
    return true;
  }

  private Burst growing() {
    if (burst == null) {
      burst = new Burst(lane.memory().allocate(capacity));
      lane.talks(this);
    }
    return burst;
  }

  private void taken(Seat author) {
    if (burst != null && burst.size() >= MAX_BURST_BYTES) {
      handOver();
    }
    if (isSlowed() && author.member().hold()) {
      held.add(author.member());
    }
  }

  private boolean isSlowed() {
    return pressure.isOn() || lane.everybody().isOn();
  }

  @Override
  public void handOver() {
    if (burst == null) {
      return;
    }
    Burst full = burst;
    burst = null;
    if (full.messages() == 0) { // there was no memory for its first message
      full.release();
      return;
    }
    capacity =
        Math.max(MIN_CAPACITY, Math.max(capacity / 2, Math.min(full.size(), MAX_BURST_BYTES)));
    full.seal();
    lane.metrics().burst(full.messages(), full.size());
    log.append(full);
  }

  /** Only once nothing holds them: each reason calls this when it ends. */
  @Override
  public void resumeSenders() {
    if (!held.isEmpty() && !isSlowed()) {
      List<Member> resumed = List.copyOf(held);
      held.clear(); // first: a sender that is read from may have to wait again at once
      resumed.forEach(Member::goOn);
    }
  }

  // ---- from the log to members

  /** Something has passed the log. From any thread, under the room's lock. */
  void post(Delivery delivery) {
    lane.post(new Passed(this, delivery));
  }

  /** Somebody joins here in the room's order. From any thread, under the room's lock. */
  void post(Seat newcomer, Kind kind) {
    lane.post(new Joined(this, newcomer, kind));
  }

  /**
   * The room's log has refused what some may have said here. From any thread, under the room's
   * lock.
   *
   * @param burst with a reference for the broadcaster
   */
  void post(String room, Burst burst, Refusal why) {
    lane.post(new Refused(this, room, burst, why));
  }

  /** A post of one of its members was there before. From any thread, under the room's lock. */
  void postRepeated(String room, Seat author, Post post, long seq, long atMillis) {
    lane.post(new Answered(this, author, member -> member.repeated(room, post, seq, atMillis)));
  }

  /**
   * The id of a post of one of its members was there before, for another one. From any thread,
   * under the room's lock.
   */
  void postReused(String room, Seat author, Post post) {
    lane.post(new Answered(this, author, member -> member.reused(room, post)));
  }

  /** Something that one of its members said is never taken. From any thread, under the lock. */
  void postRejected(String room, Seat author, @Nullable Detail detail) {
    lane.post(new Answered(this, author, member -> member.rejected(room, detail)));
  }

  /** Who came and went has its turn. From any thread, under the room's lock. */
  void post(Notice notice) {
    lane.post(new Noticed(this, notice));
  }

  /** The room's log is another one. From any thread, under the room's lock. */
  void post(String room, Position to) {
    lane.post(new Reset(this, room, to));
  }

  /** A burst has its turn. */
  private record Passed(Broadcaster broadcaster, Delivery delivery) implements Event {

    @Override
    public int bytes() {
      return delivery.size();
    }

    @Override
    public void happen() {
      broadcaster.gather(delivery);
    }
  }

  /** An arrival has its turn: which messages a newcomer gets is a question of order. */
  private record Joined(Broadcaster broadcaster, Seat seat, Kind kind) implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      broadcaster.deliver(); // what came before a newcomer is not for it
      broadcaster.audience(kind).join(seat);
    }
  }

  /** A refusal has its turn. It may be over by now: then what was refused comes behind it. */
  private record Refused(Broadcaster broadcaster, String room, Burst burst, Refusal why)
      implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      try {
        if (broadcaster.pressure.isOn()) {
          broadcaster.deliver(); // what came before is not refused
          broadcaster.tellAuthors(room, burst, why);
        }
      } finally {
        burst.release();
      }
    }
  }

  /** An answer to one member alone has its turn, behind what came before. */
  private record Answered(Broadcaster broadcaster, Seat author, Consumer<Member> answer)
      implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      broadcaster.deliver();
      if (!author.hasLeft()) {
        answer.accept(author.member());
      }
    }
  }

  /** Who came and went has its turn, behind what came before. */
  private record Noticed(Broadcaster broadcaster, Notice notice) implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      try {
        broadcaster.deliver();
        for (Followers audience : broadcaster.audiences) {
          ByteBuf bytes = notice.in(audience.encoding());
          if (bytes != null) {
            audience.tell(bytes);
          }
        }
      } finally {
        notice.release();
      }
    }
  }

  /** A new epoch has its turn. */
  private record Reset(Broadcaster broadcaster, String room, Position to) implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      broadcaster.deliver(); // what came before is of the old epoch
      broadcaster.audiences.forEach(audience -> audience.reset(room, to));
    }
  }

  private void tellAuthors(String room, Burst burst, Refusal why) {
    for (Burst.Segment segment : burst.segments()) {
      if (segment.author() instanceof Seat seat && lane.isHomeOf(seat) && !seat.hasLeft()) {
        if (seat.member().refused(room, segment.messages(), why)) {
          held.add(seat.member());
        }
      }
    }
  }

  private void gather(Delivery delivery) {
    if (round.isEmpty()) {
      lane.hears(this);
    }
    round.add(delivery);
  }

  @Override
  public void deliver() {
    if (round.isEmpty()) {
      return;
    }
    try {
      long number = lane.nextRound();
      markAuthors(number);
      for (int i = 0; i < audiences.size(); i++) {
        audiences.get(i).deliver(round, number);
      }
    } finally {
      for (int i = 0; i < round.size(); i++) {
        lane.done(round.get(i).size());
        round.get(i).release();
      }
      round.clear();
    }
  }

  /**
   * So that a round looks for authors once, and not for each member. Those of other lanes are
   * theirs.
   */
  private void markAuthors(long number) {
    for (int i = 0; i < round.size(); i++) {
      List<Burst.Segment> segments = round.get(i).said().burst().segments();
      for (int j = 0; j < segments.size(); j++) {
        if (segments.get(j).author() instanceof Seat seat && lane.isHomeOf(seat)) {
          seat.saidIn(number);
        }
      }
    }
  }

  // ---- who sits here

  /** Counts members that come or go; called under the room's lock. The answer is how many stay. */
  int seats(int more) {
    seats += more;
    return seats;
  }

  private Followers audience(Kind kind) {
    Followers present = audienceOf(kind.encoding());
    if (present != null) {
      return present;
    }
    Followers audience = new Followers(lane, log, pressure, kind);
    audiences.add(audience);
    return audience;
  }

  /** Null if none of that kind has had its turn to join yet. */
  private @Nullable Followers audienceOf(Encoding encoding) {
    for (int i = 0; i < audiences.size(); i++) {
      if (audiences.get(i).encoding() == encoding) {
        return audiences.get(i);
      }
    }
    return null;
  }

  /** It is about to leave, and is given nothing more. */
  void letGo(Seat seat) {
    seat.listensNoMore();
    Followers audience = audienceOf(seat.encoding());
    if (audience != null) {
      audience.letGo(seat);
    }
  }

  /** It has left. */
  void leave(Seat seat) {
    seat.leaves();
    Followers audience = audienceOf(seat.encoding());
    if (audience != null) {
      audience.leave(seat);
    }
    if (held.remove(seat.member())) {
      lane.loop().execute(seat.member()::goOn); // it may stay in other rooms
    }
  }

  /** Whether it does not keep up. */
  boolean lags(Seat seat) {
    Followers audience = audienceOf(seat.encoding());
    return audience != null && audience.laggards().contains(seat);
  }

  @Override
  public void whenCaughtUp(Runnable task) {
    Countdown caughtUp = new Countdown(audiences.size(), task);
    List.copyOf(audiences).forEach(audience -> audience.laggards().whenCaughtUp(caughtUp::down));
  }
}
