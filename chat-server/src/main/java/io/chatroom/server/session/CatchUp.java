package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Gap;
import io.chatroom.server.log.Burst;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import io.chatroom.server.room.Delivery;
import io.chatroom.server.room.Laggards;
import io.chatroom.server.room.Placed;
import io.chatroom.server.room.Seat;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings sessions up that do not follow a room: those that resume, and those that did not read. All
 * that is kept of one is the number up to which it has everything. When the network has taken what
 * was sent to it, it gets what was delivered lately, if that is all it misses; else the next page
 * is read from the room's log, and what the log has no more is told as a gap. Once it has all that
 * was delivered on this event loop, it follows; as that is one step of the loop, nothing is missed
 * or doubled where the two meet.
 *
 * <p>One instance looks after the sessions of one kind, in one room and on one event loop.
 */
final class CatchUp implements Laggards {

  /** How many messages are read at once. */
  private static final int PAGE = 200;

  /** How soon it is read again where the store was away. */
  private static final long AGAIN_MILLIS = 1_000;

  private final Host host;
  private final ReadGate reads;
  private final Map<Seat, Place> behind = new HashMap<>(2);
  private final Recent recent;

  /** Up to this number, those who follow have been given the room. */
  private long delivered;

  CatchUp(Host host, ReadGate reads, Recent.Budget budget) {
    this.host = host;
    this.reads = reads;
    this.recent = new Recent(budget);
  }

  private long delivered() {
    return delivered;
  }

  @Override
  public void joined(Seat seat) {
    delivered = seat.joinedAfter().seq(); // exact: an arrival has its turn in the room's order
    Place place = placeOf(seat);
    if (place == null || !seat.listens()) {
      return;
    }
    place.arrived(this::delivered);
    if (place.position() < delivered) {
      behind.put(seat, place);
      catchUp(place);
    } else {
      host.follow(seat);
    }
  }

  private static @Nullable Place placeOf(Seat seat) {
    return sessionOf(seat).placeOf(seat);
  }

  private static Session sessionOf(Seat seat) {
    return ((SessionMember) seat.member()).session();
  }

  private static Session sessionOf(Place place) {
    return sessionOf(place.presence().seat());
  }

  @Override
  public void passed(List<Delivery> round, List<Seat> fallen) {
    long before = delivered;
    Placed last = round.get(round.size() - 1).said();
    delivered = last.firstSeq() + last.burst().messages() - 1;
    for (int i = 0; i < fallen.size(); i++) {
      Place place = placeOf(fallen.get(i));
      if (place != null) {
        place.position(before);
        behind.put(fallen.get(i), place);
        catchUp(place);
      }
    }
    if (!behind.isEmpty()) {
      recent.add(round);
      for (int i = 0; i < round.size(); i++) {
        noteOwn(round.get(i).said());
      }
    }
  }

  /** What those say who are behind is answered in its place, when they get there. */
  private void noteOwn(Placed said) {
    List<Burst.Segment> segments = said.burst().segments();
    for (int i = 0; i < segments.size(); i++) {
      Burst.Segment mine = segments.get(i);
      Place place = mine.author() instanceof Seat seat ? behind.get(seat) : null;
      if (place != null) {
        for (int message = mine.from(); message < mine.to(); message++) {
          FromServer answer = Encoder.answer(place.room(), said, message);
          place.answersLater(said.firstSeq() + message, answer);
        }
      }
    }
  }

  private void catchUp(Place place) {
    if (!place.isReading()) {
      place.reading(true);
      sessionOf(place).wire().whenTaken(() -> bringUp(place));
    }
  }

  private void catchUpStill(Place place) {
    if (behind.containsKey(place.presence().seat())) {
      catchUp(place);
    }
  }

  private void bringUp(Place place) {
    Seat seat = place.presence().seat();
    List<Delivery> missed = behind.containsKey(seat) ? recent.behind(place.position()) : null;
    if (missed == null) {
      read(place);
      return;
    }
    place.reading(false);
    place.position(delivered); // before: once it is taken, the client may be heard at once
    host.give(missed, seat);
    place.forgetOwn(); // they were among it
    caughtUp(place);
  }

  private void caughtUp(Place place) {
    forget(place.presence().seat());
    host.follow(place.presence().seat());
    sessionOf(place).goOn();
  }

  private void forget(Seat seat) {
    behind.remove(seat);
    if (behind.isEmpty()) {
      recent.clear();
    }
  }

  private void read(Place place) {
    if (!behind.containsKey(place.presence().seat())) {
      return; // it has left
    }
    Position after = new Position(place.epoch(), place.position());
    reads.read(
        () -> host.read(after, PAGE),
        sessionOf(place).wire()::execute,
        (slice, failure) -> give(place, slice, failure));
  }

  private void give(Place place, @Nullable Slice slice, @Nullable Throwable failure) {
    place.reading(false);
    Seat seat = place.presence().seat();
    if (!behind.containsKey(seat)) {
      return; // it has left
    }
    if (ReadGate.isAway(failure)) {
      sessionOf(place).wire().executeLater(() -> catchUpStill(place), AGAIN_MILLIS);
      return;
    }
    if (slice == null) {
      sessionOf(place).cannotRead(place.room(), failure);
      return;
    }
    if (!slice.epoch().equals(place.epoch())) {
      sessionOf(place).logIsAnother(place.room());
      return;
    }
    List<FromServer> objects = objects(place, slice);
    if (!objects.isEmpty()) {
      sessionOf(place).send(objects);
    }
    if (place.position() >= delivered) {
      caughtUp(place);
    } else {
      catchUp(place);
      sessionOf(place).goOn(); // it may leave once it has what it asked for
    }
  }

  /** What a session gets of a slice: nothing beyond what followers have got. */
  private List<FromServer> objects(Place place, Slice slice) {
    List<FromServer> objects = new ArrayList<>(slice.messages().size() + 1);
    long first = slice.messages().isEmpty() ? slice.first() : slice.messages().get(0).seq();
    lose(place, Math.min(first - 1, delivered), objects);
    for (Message message : slice.messages()) {
      if (message.seq() > delivered) {
        break;
      }
      FromServer own = takeAsked(place, message.seq());
      objects.add(own == null ? Encoder.entry(place.room(), message) : own);
      place.position(message.seq());
    }
    return objects;
  }

  /** The log has nothing up to here any more; the answers to what it said itself are known. */
  private static void lose(Place place, long upTo, List<FromServer> objects) {
    while (place.position() < upTo) {
      Long next = place.nextOwn(upTo);
      if (next == null) {
        gap(place, upTo, objects);
      } else {
        FromServer own = takeAsked(place, next);
        if (own != null) {
          gap(place, next - 1, objects);
          objects.add(own);
          place.position(next);
        }
      }
    }
  }

  private static void gap(Place place, long to, List<FromServer> objects) {
    if (place.position() < to) {
      objects.add(new Gap(place.room(), place.position() + 1, to, Gap.LAGGED));
      place.position(to);
    }
  }

  /** The answer that goes to this place; null if what stands there is nothing it waits for. */
  private static @Nullable FromServer takeAsked(Place place, long seq) {
    FromServer own = place.takeOwn(seq);
    return own != null && sessionOf(place).isAnswered(place.room(), own) ? own : null;
  }

  @Override
  public void letGo(Seat seat) {
    forget(seat);
  }

  @Override
  public void left(Seat seat) {
    forget(seat);
  }

  @Override
  public boolean contains(Seat seat) {
    return behind.containsKey(seat);
  }

  /** Nobody waits for a session. */
  @Override
  public void whenCaughtUp(Runnable task) {
    task.run();
  }
}
