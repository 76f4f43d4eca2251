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
 * The members of one kind, in one room and on one event loop, who are given what is said when it is
 * said. They cost one write a round each; those that have not taken the round before are handed to
 * {@link Laggards} and come back from there. Belongs to its event loop.
 */
final class Followers implements Laggards.Host {

  private final Lane lane;
  private final RoomLog log;
  private final BackPressure pressure;
  private final Encoding encoding;
  private final boolean hear;
  private final Laggards laggards;

  /** A seat knows its place here. */
  private final List<Seat> seats = new ArrayList<>(2);

  Followers(Lane lane, RoomLog log, BackPressure pressure, Kind kind) {
    this.lane = lane;
    this.log = log;
    this.pressure = pressure;
    this.encoding = kind.encoding();
    this.hear = encoding.isHeard();
    this.laggards = kind.laggards(this);
  }

  Encoding encoding() {
    return encoding;
  }

  Laggards laggards() {
    return laggards;
  }

  /** A newcomer has its turn in the room's order. */
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

  /** It is given nothing more, for now or for good. */
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

  void letGo(Seat seat) {
    unfollow(seat);
    laggards.letGo(seat);
  }

  void leave(Seat seat) {
    unfollow(seat);
    laggards.left(seat);
  }

  /**
   * The room's log is another one. Those that lag are not told: they meet the new epoch when they
   * read what they have missed.
   */
  void reset(String room, Position to) {
    for (Seat seat : List.copyOf(seats)) {
      try {
        seat.member().reset(room, to);
      } catch (RuntimeException e) { // that member's trouble alone
        seat.member().failed(e);
      }
    }
  }

  /**
   * Gives a round to all of them.
   *
   * @param round what was said; stays the caller's
   * @param number of the round, with which the seats of its authors are marked
   */
  void deliver(List<Delivery> round, long number) {
    List<Seat> fallen = lane.fallen();
    Pieces whole = lane.whole();
    try {
      for (int i = 0; i < round.size(); i++) {
        Encoded encoded = round.get(i).in(encoding);
        if (encoded == null) {
          return; // none of this kind was in the room, so none is here
        }
        whole.add(encoded.bytes(), 0, encoded.size());
      }
      giveAuthors(round, number, fallen);
      for (int i = 0; hear && i < seats.size(); i++) { // the hot loop: no iterator, no map
        Seat seat = seats.get(i);
        if (seat.hasSaidIn(number)) {
          continue; // it has had its turn
        }
        try {
          Outlet outlet = seat.outlet();
          if (outlet.hasTakenAll()) {
            outlet.send(whole);
          } else {
            fallen.add(seat);
          }
        } catch (RuntimeException | OutOfMemoryError e) { // its own trouble, no one else's
          seat.member().failed(e);
        }
      }
      for (int i = 0; i < fallen.size(); i++) {
        unfollow(fallen.get(i));
      }
      if (hear) {
        count(round);
      }
      laggards.passed(round, fallen);
    } finally {
      whole.clear();
      fallen.clear();
    }
  }

  /** Those who said some of it come first: a session waits for the answers to its posts. */
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
        giveOthersWords(round, seat);
      } else {
        fallen.add(seat);
      }
    } catch (RuntimeException | OutOfMemoryError e) { // its own trouble, no one else's
      seat.member().failed(e);
    }
  }

  /** What is for somebody who has said some of it: the rest, and what stands in for its own. */
  private void giveOthersWords(List<Delivery> round, Seat seat) {
    Pieces others = lane.others();
    try {
      for (int i = 0; i < round.size(); i++) {
        addOthersWords(round.get(i), encoding, seat, others);
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
    Pieces pieces = new Pieces(); // not the lane's, which may be in use; this is rare
    try {
      long messages = 0;
      for (Delivery delivery : what) {
        addOthersWords(delivery, encoding, to, pieces);
        messages += delivery.messagesFor(to);
      }
      long bytes = pieces.bytes();
      if (pieces.count() > 0) {
        to.outlet().send(pieces);
      }
      lane.metrics().delivered(messages, bytes);
    } catch (RuntimeException | OutOfMemoryError e) { // as in deliver
      to.member().failed(e);
    } finally {
      pieces.clear();
    }
  }

  /** Adds what a delivery has for a seat, whether or not it has said some of it. */
  private static void addOthersWords(Delivery delivery, Encoding encoding, Seat seat, Pieces to) {
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

  /** Counts what was given: for each of them the round, less what it said itself. */
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
   * Tells who came and went. Those who have not taken what they were given before are told nothing
   * of it: it would have to wait for them, and is old when they get it.
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
        } catch (RuntimeException | OutOfMemoryError e) { // its own trouble, no one else's
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
