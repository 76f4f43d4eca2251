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
 * One room on one event loop. It collects its members' messages into bursts for the room's log, and
 * delivers to them what the log passes back. It has no say in the order. A room has a broadcaster
 * only on lanes where it has a seat. Belongs to the lane's event loop; only {@code post} can be
 * called from others.
 */
final class Broadcaster implements Stage {

  /** A burst of this size is appended at once, so that no buffer grows without bound. */
  private static final int MAX_BURST_BYTES = 256 * 1024;

  private static final int MIN_CAPACITY = 128;

  private final Lane lane;
  private final RoomLog log;
  private final BackPressure pressure;

  /** One for each kind of members; there are few. */
  private final List<Followers> audiences = new ArrayList<>(1);

  /** Deliveries for this room in this run of the lane. Empty between runs. */
  private final List<Delivery> round = new ArrayList<>(1);

  /** Senders that are not read from until the back-pressure ends. */
  private final List<Member> held = new ArrayList<>(0);

  private int seats;

  private @Nullable Burst burst;

  /**
   * Initial capacity of the next burst: the size of the last ones, so that most bursts need not
   * grow. It shrinks fast, because most rooms are quiet most of the time.
   */
  private int capacity = MIN_CAPACITY;

  /**
   * @param pressure slows the senders of this room
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
   * Adds a message of a member on this lane to the burst. Under back-pressure, of the room or of
   * the server, its author is not read from any further.
   *
   * @return false once the server is stopping: the message is not accepted
   */
  boolean send(Seat author, ByteBuf messageFrame, @Nullable Post post) {
    if (lane.isStopping()) {
      return false;
    }
    author.skip(author.nameFrame().length + messageFrame.readableBytes());
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
   * Adds an event that a member on this lane caused.
   *
   * @return as {@link #send}
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
      lane.hasBurst(this);
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

  /** Does nothing while there is still a reason to wait: each reason calls this when it ends. */
  @Override
  public void resumeSenders() {
    if (!held.isEmpty() && !isSlowed()) {
      List<Member> resumed = List.copyOf(held);
      held.clear(); // before they resume: a sender can be held again at once
      resumed.forEach(Member::goOn);
    }
  }

  // ---- from the log to members

  /** Delivers a burst that has passed the log. From any thread, under the room's lock. */
  void post(Delivery delivery) {
    lane.post(new Passed(this, delivery));
  }

  /** Seats a newcomer here, in the room's order. From any thread, under the room's lock. */
  void post(Seat newcomer, Kind kind) {
    lane.post(new Joined(this, newcomer, kind));
  }

  /**
   * Notifies the authors on this lane that the room's log has refused their messages. From any
   * thread, under the room's lock.
   *
   * @param burst with a reference that the broadcaster takes over
   */
  void post(String room, Burst burst, Refusal why) {
    lane.post(new Refused(this, room, burst, why));
  }

  /**
   * Answers a member whose post is a duplicate of a stored one. From any thread, under the room's
   * lock.
   */
  void postRepeated(String room, Seat author, Post post, long seq, long atMillis) {
    lane.post(new Answered(this, author, member -> member.repeated(room, post, seq, atMillis)));
  }

  /**
   * Answers a member that used the id of a stored post for a different one. From any thread, under
   * the room's lock.
   */
  void postReused(String room, Seat author, Post post) {
    lane.post(new Answered(this, author, member -> member.reused(room, post)));
  }

  /** Answers a member whose message can never be stored. From any thread, under the room's lock. */
  void postRejected(String room, Seat author, @Nullable Detail detail) {
    lane.post(new Answered(this, author, member -> member.rejected(room, detail)));
  }

  /** Delivers a notice of joins and leaves. From any thread, under the room's lock. */
  void post(Notice notice) {
    lane.post(new Noticed(this, notice));
  }

  /**
   * Notifies members that the room's log began a new epoch. From any thread, under the room's lock.
   */
  void post(String room, Position to) {
    lane.post(new Reset(this, room, to));
  }

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

  /** An event, because the room's order decides which messages a newcomer gets. */
  private record Joined(Broadcaster broadcaster, Seat seat, Kind kind) implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      broadcaster.deliver(); // earlier messages are not for the newcomer
      broadcaster.audience(kind).join(seat);
    }
  }

  /**
   * If the refusal has ended by the time this runs, the log has accepted the burst, and its
   * delivery follows in the inbox.
   */
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
          broadcaster.deliver(); // earlier messages were not refused
          broadcaster.tellAuthors(room, burst, why);
        }
      } finally {
        burst.release();
      }
    }
  }

  /** An answer for one member only, sent after the deliveries before it. */
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

  /** Joins and leaves, sent after the deliveries before them. */
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

  /** A new epoch of the room's log. */
  private record Reset(Broadcaster broadcaster, String room, Position to) implements Event {

    @Override
    public int bytes() {
      return 0;
    }

    @Override
    public void happen() {
      broadcaster.deliver(); // earlier messages belong to the old epoch
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
      lane.hasDeliveries(this);
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
   * Marks the authors of this round once, so that the loop over members need not search for them.
   * Authors on other lanes are marked there.
   */
  private void markAuthors(long number) {
    for (int i = 0; i < round.size(); i++) {
      List<Burst.Segment> segments = round.get(i).said().burst().segments();
      for (int j = 0; j < segments.size(); j++) {
        if (segments.get(j).author() instanceof Seat seat && lane.isHomeOf(seat)) {
          seat.markAuthorIn(number);
        }
      }
    }
  }

  // ---- who sits here

  /**
   * Adds to the number of seats, or subtracts from it, and returns the result. Called under the
   * room's lock.
   */
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

  /** Null if no member of that kind has joined here yet. */
  private @Nullable Followers audienceOf(Encoding encoding) {
    for (int i = 0; i < audiences.size(); i++) {
      if (audiences.get(i).encoding() == encoding) {
        return audiences.get(i);
      }
    }
    return null;
  }

  /** Delivers nothing more to a member that is about to leave. */
  void stopDelivery(Seat seat) {
    seat.stopListening();
    Followers audience = audienceOf(seat.encoding());
    if (audience != null) {
      audience.stopDelivery(seat);
    }
  }

  /** Removes a member that has left. */
  void leave(Seat seat) {
    seat.markLeft();
    Followers audience = audienceOf(seat.encoding());
    if (audience != null) {
      audience.leave(seat);
    }
    if (held.remove(seat.member())) {
      lane.loop().execute(seat.member()::goOn); // it can still be in other rooms
    }
  }

  /** Returns true if a member does not keep up with the room. */
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
