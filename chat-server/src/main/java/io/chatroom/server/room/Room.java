package io.chatroom.server.room;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.RoomLogs;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One room: who sits in it, and the one order in which they all hear what is said.
 *
 * <p>What members say goes to the room's log, and only what the log hands back is delivered. That
 * and the arrival of members stand in one order, made under one short lock: an event is put into
 * the inbox of every lane it concerns, so every event loop, and with it every member, follows the
 * same sequence.
 *
 * <p>Thread-safe. What concerns a seat is called from the event loop of its member's channel.
 */
final class Room implements RoomLog.Follower {

  private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final boolean counts;
  private final Elsewhere elsewhere;
  private final Runnable abandoned;
  private final RoomLog log;
  private final Object order = new Object();

  /** By the lane's number; null where no seat is. Changed by its own lane only, under the lock. */
  private final @Nullable Broadcaster[] broadcasters;

  private final BackPressure pressure = new BackPressure(this::resumeSenders);
  private List<Encoding> encodings = List.of();
  private final List<Integer> listeners = new ArrayList<>(1);
  private final Roster roster = new Roster();
  private boolean toBeTold;
  private long lastToldNanos;
  private String epoch;
  private @Nullable String topic;
  private long newest;

  /**
   * The log has refused a burst and brought nothing since. It is one reason for {@link #pressure}.
   */
  private boolean refusing;

  /** The log has brought a burst that found no seat. */
  private volatile boolean unheard;

  /**
   * @param elsewhere who tells, and is told, of members on other servers
   * @param abandoned called, without a lock of ours, when the last member has left, and when the
   *     log has forgotten everything
   */
  Room(String name, int lanes, RoomLogs logs, Elsewhere elsewhere, Runnable abandoned) {
    this.name = name;
    this.elsewhere = elsewhere;
    this.counts = !RoomLog.isPrivate(name);
    this.abandoned = abandoned;
    this.broadcasters = new Broadcaster[lanes];
    this.log = logs.open(name, abandoned);
    Position end = log.newest();
    this.epoch = end.epoch();
    this.newest = end.seq();
    this.topic = log.topic();
    if (counts) {
      roster.elsewhere(elsewhere.in(name));
      roster.forgetChanges();
    }
    log.follow(this);
  }

  /**
   * Seats a member. It hears exactly the messages that come behind {@link Seat#joinedAfter} in the
   * room's order.
   */
  Seat join(Member member, Kind kind, byte[] nameFrame, Lane lane) {
    Seat seat;
    synchronized (order) {
      Broadcaster broadcaster = broadcasters[lane.number()];
      if (broadcaster == null) {
        broadcaster = new Broadcaster(lane, log, pressure);
        broadcasters[lane.number()] = broadcaster;
        lane.add(broadcaster);
      }
      listens(kind.encoding());
      broadcaster.seats(1);
      Position joinedAfter = new Position(epoch, newest);
      boolean first = newest == 0 && roster.isEmpty() && roster.size() == 0;
      boolean visits = kind.visits();
      seat =
          new Seat(member, kind.encoding(), nameFrame, lane.number(), joinedAfter, first, visits);
      roster.add(seat);
      broadcaster.post(seat, kind);
      if (!visits) {
        changed(lane);
      }
    }
    lane.enter(seat, counts);
    lane.wake();
    return seat;
  }

  /** How many members there are. From any thread. */
  int members() {
    synchronized (order) {
      return roster.size();
    }
  }

  /** The names of some members, those who have been there longest first. From any thread. */
  List<String> names(int limit) {
    synchronized (order) {
      return roster.names(limit);
    }
  }

  /** Where the order ends. From any thread. */
  Position newest() {
    synchronized (order) {
      return new Position(epoch, newest);
    }
  }

  RoomSummary summary() {
    synchronized (order) {
      return new RoomSummary(name, roster.size(), newest, topic);
    }
  }

  @Nullable String topic() {
    synchronized (order) {
      return topic;
    }
  }

  RoomLog log() {
    return log;
  }

  private void changed(Lane lane) {
    if (counts) {
      elsewhere.changed(name);
    }
    tellSoon(lane);
  }

  /** Who is there of this server. From any thread. */
  Company here() {
    synchronized (order) {
      return roster.here();
    }
  }

  /** Who is there of other servers, from here on. From any thread. */
  void elsewhere(Company now) {
    synchronized (order) {
      if (roster.elsewhere(now)) {
        for (Broadcaster broadcaster : broadcasters) {
          if (broadcaster != null) {
            tellSoon(broadcaster.lane());
            return;
          }
        }
        roster.forgetChanges(); // there is no one to be told
      }
    }
  }

  /** Sees to it that a change of the roster is told, at once but never twice within a second. */
  private void tellSoon(Lane lane) {
    if (!isTold()) {
      roster.forgetChanges();
      return;
    }
    if (toBeTold) {
      return;
    }
    toBeTold = true;
    long wait = lastToldNanos + TOLD_EVERY_NANOS - lane.loop().ticker().nanoTime();
    lane.loop().schedule(() -> tell(lane), Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  private boolean isTold() {
    for (int i = 0; i < encodings.size(); i++) {
      if (encodings.get(i).tellsAttendance()) {
        return true;
      }
    }
    return false;
  }

  private void tell(Lane lane) {
    synchronized (order) {
      toBeTold = false;
      lastToldNanos = lane.loop().ticker().nanoTime();
      Attendance changes = roster.takeChanges(name);
      if (!isTold()) {
        return;
      }
      Notice notice = new Notice(changes, encodings);
      for (Broadcaster broadcaster : broadcasters) {
        if (broadcaster != null) {
          broadcaster.post(notice.retain());
        }
      }
      notice.release();
    }
    wakeLanes();
  }

  private void listens(Encoding encoding) {
    int i = encodings.indexOf(encoding);
    if (i < 0) {
      List<Encoding> more = new ArrayList<>(encodings);
      more.add(encoding);
      encodings = List.copyOf(more); // deliveries on their way keep the list they were made with
      listeners.add(1);
    } else {
      listeners.set(i, listeners.get(i) + 1);
    }
  }

  private void listensNoMore(Encoding encoding) {
    int i = encodings.indexOf(encoding);
    listeners.set(i, listeners.get(i) - 1);
    if (listeners.get(i) == 0) {
      List<Encoding> fewer = new ArrayList<>(encodings);
      fewer.remove(i);
      encodings = List.copyOf(fewer);
      listeners.remove(i);
    }
  }

  /**
   * Says something to all the others.
   *
   * @param messageFrame copied
   * @param post what belongs to it if a session says it; null for a seed member
   * @return whether it stands in the room's order, or will; not when the server stops
   */
  boolean say(Seat author, ByteBuf messageFrame, @Nullable Post post) {
    return broadcaster(author).say(author, messageFrame, post);
  }

  /** Puts an event into the room's order; as {@link #say}. */
  boolean happens(Seat author, RoomEvent event) {
    return broadcaster(author).happens(author, event);
  }

  /** Gives a member nothing more, because it is about to leave; what it says still counts. */
  void letGo(Seat seat) {
    broadcaster(seat).letGo(seat);
  }

  boolean lags(Seat seat) {
    return broadcaster(seat).lags(seat);
  }

  /** A member has left. Must be called once for each seat. */
  void leave(Seat seat) {
    Broadcaster broadcaster = broadcaster(seat);
    broadcaster.leave(seat);
    broadcaster.handOver(); // its last words are in the log before the room may go
    boolean last;
    Lane lane = broadcaster.lane();
    synchronized (order) {
      listensNoMore(seat.encoding());
      roster.remove(seat);
      last = roster.isEmpty();
      if (!seat.visits()) {
        changed(lane);
      }
      if (broadcaster.seats(-1) == 0) {
        broadcasters[seat.lane()] = null;
        lane.remove(broadcaster);
      }
    }
    lane.leave(seat, counts);
    lane.wakeIfBehind(); // handedOn does not see a broadcaster that has gone
    if (last) {
      abandoned.run();
    }
  }

  private Broadcaster broadcaster(Seat seat) {
    Broadcaster broadcaster = broadcasters[seat.lane()];
    if (broadcaster == null) {
      throw new IllegalStateException("no seat on lane " + seat.lane() + " of " + name);
    }
    return broadcaster;
  }

  /** What was said is safe: it goes to every lane that has a seat. */
  @Override
  public void next(Burst burst, long firstSeq, long atMillis) {
    synchronized (order) {
      newest = firstSeq + burst.messages() - 1;
      if (burst.hasDetails()) {
        remember(burst);
      }
      if (roster.isEmpty()) {
        burst.release();
        unheard = true;
      } else {
        Delivery delivery =
            new Delivery(new Placed(name, epoch, burst, firstSeq, atMillis), encodings);
        for (Broadcaster broadcaster : broadcasters) {
          if (broadcaster != null) {
            broadcaster.post(delivery.retain());
          }
        }
        delivery.release();
      }
    }
    accepts();
  }

  /** The log has brought something: what it had refused, or what was before that. */
  private void accepts() {
    boolean again;
    synchronized (order) {
      again = refusing;
      refusing = false;
    }
    if (again) {
      pressure.end();
    }
  }

  /** Wakes lanes without a lock, neither ours nor the log's: no other lane has to wait for that. */
  @Override
  public void handedOn() {
    wakeLanes();
    if (unheard) {
      unheard = false;
      abandoned.run();
    }
  }

  private void remember(Burst burst) {
    for (int i = 0; i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
        String text = event.text();
        topic = text == null || text.isEmpty() ? null : text; // empty is none
      }
    }
  }

  private void wakeLanes() {
    for (Broadcaster broadcaster : broadcasters) { // a lane whose last seat goes wakes itself
      if (broadcaster != null) {
        broadcaster.lane().wake();
      }
    }
  }

  @Override
  public void repeated(Author author, Post post, long seq, long atMillis) {
    accepts();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postRepeated(name, (Seat) author, post, seq, atMillis);
      }
    }
  }

  @Override
  public void reused(Author author, Post post) {
    accepts();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postReused(name, (Seat) author, post);
      }
    }
  }

  @Override
  public void rejected(Author author, @Nullable Detail detail) {
    accepts();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postRejected(name, (Seat) author, detail);
      }
    }
  }

  /** Members say nothing more until the log brings the burst. */
  @Override
  public void refused(Burst burst, Refusal why) {
    synchronized (order) {
      if (!refusing) {
        refusing = true;
        pressure.begin();
      }
      for (Broadcaster broadcaster : broadcasters) {
        if (broadcaster != null) {
          broadcaster.post(name, burst.retain(), why);
        }
      }
    }
    wakeLanes(); // no more: a log may call this under its own lock
  }

  @Override
  public void reset(Position to) {
    synchronized (order) {
      epoch = to.epoch();
      newest = to.seq();
      for (Broadcaster broadcaster : broadcasters) {
        if (broadcaster != null) {
          broadcaster.post(name, to);
        }
      }
    }
    wakeLanes(); // no more: a log may call this under its own lock
  }

  /** Whether its log cannot make safe what is said there for now. From any thread. */
  boolean isRefusing() {
    synchronized (order) {
      return refusing;
    }
  }

  /** Whether it has no member and nothing of it is kept. */
  boolean isUnused() {
    synchronized (order) {
      if (!roster.isEmpty()) {
        return false;
      }
    }
    return log.isEmpty(); // not under our lock: a log calls us under its own
  }

  void close() {
    log.close();
  }

  private void resumeSenders() {
    synchronized (order) {
      for (Broadcaster broadcaster : broadcasters) {
        if (broadcaster != null) {
          broadcaster.lane().loop().execute(broadcaster::resumeSenders);
        }
      }
    }
  }
}
