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
 * One room: its members, and the one order in which they all receive its messages.
 *
 * <p>Messages go to the room's log, and only what the log passes back is delivered. Deliveries and
 * joins share one order, made under one short lock: each event is put into the inbox of every lane
 * it concerns. So every event loop, and with it every member, follows the same sequence.
 *
 * <p>Thread-safe. Methods that concern a seat must be called from the event loop of its member's
 * channel.
 */
final class Room implements RoomLog.Follower {

  private static final long NOTICE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final String name;
  private final boolean isCounted;
  private final Elsewhere elsewhere;
  private final Runnable whenUnused;
  private final RoomLog log;
  private final Object order = new Object();

  /**
   * Indexed by the lane's number; null where the room has no seat. Changed by its own lane only,
   * under the lock.
   */
  private final @Nullable Broadcaster[] broadcasters;

  private final BackPressure pressure = new BackPressure(this::resumeSenders);
  private List<Encoding> encodings = List.of();
  private final List<Integer> listeners = new ArrayList<>(1);
  private final Roster roster = new Roster();
  private boolean noticePending;
  private long lastNoticeNanos;
  private String epoch;
  private @Nullable String topic;
  private long newest;

  /**
   * True if the log has refused a burst and passed nothing back since. It is one reason for {@link
   * #pressure}.
   */
  private boolean refusing;

  /** True if the log has passed back a burst when the room had no seat. */
  private volatile boolean undelivered;

  /**
   * @param elsewhere knows the members on other servers, and is notified of those here
   * @param whenUnused called, without a lock of ours, when the last member has left, and when the
   *     log has dropped everything
   */
  Room(String name, int lanes, RoomLogs logs, Elsewhere elsewhere, Runnable whenUnused) {
    this.name = name;
    this.elsewhere = elsewhere;
    this.isCounted = !RoomLog.isPrivate(name);
    this.whenUnused = whenUnused;
    this.broadcasters = new Broadcaster[lanes];
    this.log = logs.open(name, whenUnused);
    Position end = log.newest();
    this.epoch = end.epoch();
    this.newest = end.seq();
    this.topic = log.topic();
    if (isCounted) {
      roster.elsewhere(elsewhere.in(name));
      roster.forgetChanges();
    }
    log.follow(this);
  }

  /**
   * Seats a member. It receives exactly the messages after {@link Seat#joinedAfter} in the room's
   * order.
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
      addListener(kind.encoding());
      broadcaster.seats(1);
      Position joinedAfter = new Position(epoch, newest);
      boolean first = newest == 0 && roster.isEmpty() && roster.size() == 0;
      boolean visits = kind.visits();
      seat =
          new Seat(member, kind.encoding(), nameFrame, lane.number(), joinedAfter, first, visits);
      roster.add(seat);
      broadcaster.post(seat, kind);
      if (!visits) {
        rosterChanged(lane);
      }
    }
    lane.enter(seat, isCounted);
    lane.wake();
    return seat;
  }

  /** The number of members on all servers. From any thread. */
  int members() {
    synchronized (order) {
      return roster.size();
    }
  }

  /** The names of some members, in the order of joining. From any thread. */
  List<String> names(int limit) {
    synchronized (order) {
      return roster.names(limit);
    }
  }

  /** The position of the newest message. From any thread. */
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

  private void rosterChanged(Lane lane) {
    if (isCounted) {
      elsewhere.changed(name);
    }
    notifySoon(lane);
  }

  /** The members on this server. From any thread. */
  Company here() {
    synchronized (order) {
      return roster.here();
    }
  }

  /** Replaces the members on other servers. From any thread. */
  void elsewhere(Company now) {
    synchronized (order) {
      if (roster.elsewhere(now)) {
        for (Broadcaster broadcaster : broadcasters) {
          if (broadcaster != null) {
            notifySoon(broadcaster.lane());
            return;
          }
        }
        roster.forgetChanges(); // there is nobody to notify
      }
    }
  }

  /** Schedules a notice of a change of the roster: at once, but at most one per second. */
  private void notifySoon(Lane lane) {
    if (!hasNoticeReaders()) {
      roster.forgetChanges();
      return;
    }
    if (noticePending) {
      return;
    }
    noticePending = true;
    long wait = lastNoticeNanos + NOTICE_NANOS - lane.loop().ticker().nanoTime();
    lane.loop().schedule(() -> notifyMembers(lane), Math.max(0, wait), TimeUnit.NANOSECONDS);
  }

  private boolean hasNoticeReaders() {
    for (int i = 0; i < encodings.size(); i++) {
      if (encodings.get(i).tellsAttendance()) {
        return true;
      }
    }
    return false;
  }

  private void notifyMembers(Lane lane) {
    synchronized (order) {
      noticePending = false;
      lastNoticeNanos = lane.loop().ticker().nanoTime();
      Attendance changes = roster.takeChanges(name);
      if (!hasNoticeReaders()) {
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

  private void addListener(Encoding encoding) {
    int i = encodings.indexOf(encoding);
    if (i < 0) {
      List<Encoding> more = new ArrayList<>(encodings);
      more.add(encoding);
      encodings = List.copyOf(more); // a new list: deliveries on their way keep the old one
      listeners.add(1);
    } else {
      listeners.set(i, listeners.get(i) + 1);
    }
  }

  private void removeListener(Encoding encoding) {
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
   * Sends a message to all other members.
   *
   * @param messageFrame copied
   * @param post the post that a session made; null for a seed member
   * @return true if the message is, or will be, in the room's order; false if the server is
   *     stopping
   */
  boolean send(Seat author, ByteBuf messageFrame, @Nullable Post post) {
    return broadcaster(author).send(author, messageFrame, post);
  }

  /** Puts an event into the room's order; as {@link #send}. */
  boolean happens(Seat author, RoomEvent event) {
    return broadcaster(author).happens(author, event);
  }

  /** Stops deliveries to a member, because it is about to leave. Its messages still count. */
  void stopDelivery(Seat seat) {
    broadcaster(seat).stopDelivery(seat);
  }

  boolean lags(Seat seat) {
    return broadcaster(seat).lags(seat);
  }

  /** Removes a member. Must be called once for each seat. */
  void leave(Seat seat) {
    Broadcaster broadcaster = broadcaster(seat);
    broadcaster.leave(seat);
    broadcaster.handOver(); // its last messages must be in the log before the room can go
    boolean last;
    Lane lane = broadcaster.lane();
    synchronized (order) {
      removeListener(seat.encoding());
      roster.remove(seat);
      last = roster.isEmpty();
      if (!seat.visits()) {
        rosterChanged(lane);
      }
      if (broadcaster.seats(-1) == 0) {
        broadcasters[seat.lane()] = null;
        lane.remove(broadcaster);
      }
    }
    lane.leave(seat, isCounted);
    lane.wakeIfBehind(); // delivered() does not see a broadcaster that was removed
    if (last) {
      whenUnused.run();
    }
  }

  private Broadcaster broadcaster(Seat seat) {
    Broadcaster broadcaster = broadcasters[seat.lane()];
    if (broadcaster == null) {
      throw new IllegalStateException("no seat on lane " + seat.lane() + " of " + name);
    }
    return broadcaster;
  }

  /** Delivers a burst, which is safe now, to every lane that has a seat. */
  @Override
  public void next(Burst burst, long firstSeq, long atMillis) {
    synchronized (order) {
      newest = firstSeq + burst.messages() - 1;
      if (burst.hasDetails()) {
        rememberTopic(burst);
      }
      if (roster.isEmpty()) {
        burst.release();
        undelivered = true;
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
    endRefusal();
  }

  /** Ends a refusal: the log has passed back what it had refused, or something before that. */
  private void endRefusal() {
    boolean again;
    synchronized (order) {
      again = refusing;
      refusing = false;
    }
    if (again) {
      pressure.end();
    }
  }

  /** Wakes lanes without holding our lock or the log's, so that no lane has to wait for one. */
  @Override
  public void delivered() {
    wakeLanes();
    if (undelivered) {
      undelivered = false;
      whenUnused.run();
    }
  }

  private void rememberTopic(Burst burst) {
    for (int i = 0; i < burst.messages(); i++) {
      if (burst.detail(i) instanceof RoomEvent event && event.kind().equals(RoomEvent.TOPIC)) {
        String text = event.text();
        topic = text == null || text.isEmpty() ? null : text; // an empty topic removes it
      }
    }
  }

  private void wakeLanes() {
    for (Broadcaster broadcaster : broadcasters) { // a lane whose last seat leaves wakes itself
      if (broadcaster != null) {
        broadcaster.lane().wake();
      }
    }
  }

  @Override
  public void repeated(Author author, Post post, long seq, long atMillis) {
    endRefusal();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postRepeated(name, (Seat) author, post, seq, atMillis);
      }
    }
  }

  @Override
  public void reused(Author author, Post post) {
    endRefusal();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postReused(name, (Seat) author, post);
      }
    }
  }

  @Override
  public void rejected(Author author, @Nullable Detail detail) {
    endRefusal();
    synchronized (order) {
      Broadcaster broadcaster = author instanceof Seat seat ? broadcasters[seat.lane()] : null;
      if (broadcaster != null) {
        broadcaster.postRejected(name, (Seat) author, detail);
      }
    }
  }

  /** Holds the members until the log passes the burst back. */
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
    wakeLanes(); // nothing else: a log can call this under its own lock
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
    wakeLanes(); // nothing else: a log can call this under its own lock
  }

  /** Returns true if its log cannot store messages for now. From any thread. */
  boolean isRefusing() {
    synchronized (order) {
      return refusing;
    }
  }

  /** Returns true if it has no member and keeps no message. */
  boolean isUnused() {
    synchronized (order) {
      if (!roster.isEmpty()) {
        return false;
      }
    }
    return log.isEmpty(); // outside our lock: a log calls us under its own
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
