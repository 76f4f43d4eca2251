package io.chatroom.server.room;

import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.RoomLog;
import io.chatroom.server.log.Slice;
import io.chatroom.server.metrics.LoopMetrics;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * The members of one kind, in one room and on one event loop, that keep up with the room. Each
 * costs one write per round. One that has not taken the previous round is handed to {@link
 * Laggards}, and comes back from there. Belongs to its event loop.
 */
final class Followers implements Laggards.Host {

  private final Lane lane;
  private final RoomLog log;
  private final BackPressure pressure;
  private final Encoding encoding;
  private final boolean receives;
  private final Laggards laggards;

  /** Each seat knows its index in this list. */
  private final List<Seat> seats = new ArrayList<>(2);

  Followers(Lane lane, RoomLog log, BackPressure pressure, Kind kind) {
    this.lane = lane;
    this.log = log;
    this.pressure = pressure;
    this.encoding = kind.encoding();
    this.receives = encoding.isHeard();
    this.laggards = kind.laggards(this);
  }

  Encoding encoding() {
    return encoding;
  }

  Laggards laggards() {
    return laggards;
  }

  /** Adds a newcomer. Called when its turn in the room's order has come. */
  void join(Seat seat) {
    laggards.joined(seat);
  }

  @Override
  public void follow(Seat seat) {
    if (seat.listens() && !seat.follows()) {
      seat.followsAt(seats.size());
      seats.add(seat);
    }
  }

  /** Stops deliveries to a member, for now or for good. */
  private void unfollow(Seat seat) {
    if (!seat.follows()) {
      return;
    }
    Seat last = seats.remove(seats.size() - 1);
    if (last != seat) {
      seats.set(seat.place(), last);
      last.followsAt(seat.place());
    }
    seat.followsNoMore();
  }

  void stopDelivery(Seat seat) {
    unfollow(seat);
    laggards.stopDeliveries(seat);
  }

  void leave(Seat seat) {
    unfollow(seat);
    laggards.left(seat);
  }

  /**
   * Notifies members of a new epoch of the room's log. Those that lag are left out: they meet the
   * new epoch when they read what they missed.
   */
  void reset(String room, Position to) {
    for (Seat seat : List.copyOf(seats)) {
      try {
        seat.member().reset(room, to);
      } catch (RuntimeException e) { // must not affect other members
        seat.member().failed(e);
      }
    }
  }

  /**
   * Delivers a round to all of them.
   *
   * @param round stays the caller's
   * @param number of the round, with which the seats of its authors are marked
   */
  void deliver(List<Delivery> round, long number) {
    List<Seat> fallen = lane.fallen();
    Pieces whole = lane.whole();
    try {
      for (int i = 0; i < round.size(); i++) {
        Encoded encoded = round.get(i).in(encoding);
        if (encoded == null) {
          return; // no member of this kind was in the room
        }
        whole.add(encoded.bytes(), 0, encoded.size());
      }
      giveAuthors(round, number, fallen);
      for (int i = 0; receives && i < seats.size(); i++) { // the hot loop: no iterator, no map
        Seat seat = seats.get(i);
        if (seat.isAuthorIn(number)) {
          continue; // served by giveAuthors
        }
        try {
          Outlet outlet = seat.outlet();
          if (outlet.hasTakenAll()) {
            outlet.send(whole);
          } else {
            fallen.add(seat);
          }
        } catch (RuntimeException | OutOfMemoryError e) { // must not affect other members
          seat.member().failed(e);
        }
      }
      for (int i = 0; i < fallen.size(); i++) {
        unfollow(fallen.get(i));
      }
      if (receives) {
        count(round);
      }
      laggards.passed(round, fallen);
    } finally {
      whole.clear();
      fallen.clear();
    }
  }

  /** Serves the authors of a round first: a session waits for the acks of its posts. */
  private void giveAuthors(List<Delivery> round, long number, List<Seat> fallen) {
    for (int i = 0; i < round.size(); i++) {
      List<Burst.Segment> segments = round.get(i).said().burst().segments();
      for (int j = 0; j < segments.size(); j++) {
        if (segments.get(j).author() instanceof Seat seat
            && sitsHere(seat)
            && seat.takesTurnIn(number)) {
          giveAuthor(round, seat, fallen);
        }
      }
    }
  }

  private void giveAuthor(List<Delivery> round, Seat seat, List<Seat> fallen) {
    try {
      if (seat.outlet().hasTakenAll()) {
        giveWithoutOwn(round, seat);
      } else {
        fallen.add(seat);
      }
    } catch (RuntimeException | OutOfMemoryError e) { // must not affect other members
      seat.member().failed(e);
    }
  }

  /** Gives an author the round without its own messages, and the acks in their place. */
  private void giveWithoutOwn(List<Delivery> round, Seat seat) {
    Pieces others = lane.others();
    try {
      for (int i = 0; i < round.size(); i++) {
        addWithoutOwn(round.get(i), encoding, seat, others);
      }
      if (others.count() > 0) {
        seat.outlet().send(others);
      }
    } finally {
      others.clear();
    }
  }

  @Override
  public void give(List<Delivery> what, Seat to) {
    Pieces pieces = new Pieces(); // rare, and the lane's can be in use
    try {
      long messages = 0;
      for (Delivery delivery : what) {
        addWithoutOwn(delivery, encoding, to, pieces);
        messages += delivery.messagesFor(to);
      }
      long bytes = pieces.bytes();
      if (pieces.count() > 0) {
        to.outlet().send(pieces);
      }
      lane.metrics().delivered(messages, bytes);
    } catch (RuntimeException | OutOfMemoryError e) { // must not affect the caller
      to.member().failed(e);
    } finally {
      pieces.clear();
    }
  }

  /** Adds a delivery without the seat's own messages, if it has any. */
  private static void addWithoutOwn(Delivery delivery, Encoding encoding, Seat seat, Pieces to) {
    Encoded encoded = Objects.requireNonNull(delivery.in(encoding));
    List<Burst.Segment> segments = delivery.said().burst().segments();
    int from = 0;
    for (int i = 0; i < segments.size(); i++) {
      Burst.Segment segment = segments.get(i);
      if (segment.author() == seat) {
        to.add(encoded.bytes(), from, encoded.start(segment.from()));
        ByteBuf instead = encoding.own(delivery.said(), segment);
        if (instead != null) {
          to.addOwn(instead);
        }
        from = encoded.start(segment.to());
      }
    }
    to.add(encoded.bytes(), from, encoded.size());
  }

  /** Counts the deliveries: for each member the round, without its own messages. */
  private void count(List<Delivery> round) {
    long messages = 0;
    long bytes = 0;
    for (int i = 0; i < round.size(); i++) {
      Delivery delivery = round.get(i);
      Encoded encoded = Objects.requireNonNull(delivery.in(encoding));
      Burst burst = delivery.said().burst();
      messages += (long) burst.messages() * seats.size();
      bytes += (long) encoded.size() * seats.size();
      List<Burst.Segment> segments = burst.segments();
      for (int j = 0; j < segments.size(); j++) {
        Burst.Segment said = segments.get(j);
        if (said.author() instanceof Seat seat && sitsHere(seat)) {
          messages -= said.messages();
          bytes -= encoded.start(said.to()) - encoded.start(said.from());
        }
      }
    }
    lane.metrics().delivered(messages, bytes);
  }

  private boolean sitsHere(Seat seat) {
    return lane.isHomeOf(seat) && seat.follows() && seat.encoding() == encoding;
  }

  /**
   * Sends a notice of joins and leaves. Members that have not taken the previous bytes are left
   * out: the notice would have to wait for them and be out of date when they get it.
   */
  void tell(ByteBuf attendance) {
    Pieces pieces = lane.others();
    try {
      pieces.add(attendance, 0, attendance.writerIndex());
      for (int i = 0; i < seats.size(); i++) {
        Seat seat = seats.get(i);
        try {
          if (seat.outlet().hasTakenAll()) {
            seat.outlet().send(pieces);
          }
        } catch (RuntimeException | OutOfMemoryError e) { // must not affect other members
          seat.member().failed(e);
        }
      }
    } finally {
      pieces.clear();
    }
  }

  @Override
  public CompletionStage<Slice> read(Position after, int limit) {
    return log.read(after, limit);
  }

  @Override
  public EventLoop loop() {
    return lane.loop();
  }

  @Override
  public BackPressure pressure() {
    return pressure;
  }

  @Override
  public LoopMetrics metrics() {
    return lane.metrics();
  }

  @Override
  public boolean memoryIsTight() {
    return lane.memory().isTight();
  }
}
