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
 * Lets sessions that are behind in a room catch up: those that resume, and those whose clients did
 * not read. Only the position of such a session is kept. Whenever the network has taken everything
 * sent to it, the session receives the recent bursts if it misses nothing else, or the next page
 * from the room's log; messages that the log has dropped become a gap. Once the session has all
 * that was delivered on this event loop, it follows the room. Both happen in one step of the loop,
 * so no message is lost or repeated in between.
 *
 * <p>One instance serves the sessions of one kind, in one room, on one event loop.
 */
final class CatchUp implements Laggards {

  /** Messages per read. */
  private static final int PAGE = 200;

  /** Delay before the next read if the store was unavailable. */
  private static final long RETRY_MILLIS = 1_000;

  private final Host host;
  private final ReadGate reads;
  private final Map<Seat, Place> behind = new HashMap<>(2);
  private final Recent recent;

  /** The last sequence number delivered to the room's followers. */
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
    delivered = seat.joinedAfter().seq(); // exact: the room's order includes arrivals
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
        keepAnswers(round.get(i).said());
      }
    }
  }

  /** Keeps the answers to posts of sessions that are behind, until they get there. */
  private void keepAnswers(Placed said) {
    List<Burst.Segment> segments = said.burst().segments();
    for (int i = 0; i < segments.size(); i++) {
      Burst.Segment mine = segments.get(i);
      Place place = mine.author() instanceof Seat seat ? behind.get(seat) : null;
      if (place != null) {
        for (int message = mine.from(); message < mine.to(); message++) {
          FromServer answer = Encoder.answer(place.room(), said, message);
          place.keepAnswer(said.firstSeq() + message, answer);
        }
      }
    }
  }

  private void catchUp(Place place) {
    if (!place.isReading()) {
      place.reading(true);
      sessionOf(place).wire().whenTaken(() -> deliverMissed(place));
    }
  }

  private void catchUpIfBehind(Place place) {
    if (behind.containsKey(place.presence().seat())) {
      catchUp(place);
    }
  }

  private void deliverMissed(Place place) {
    Seat seat = place.presence().seat();
    List<Delivery> missed = behind.containsKey(seat) ? recent.behind(place.position()) : null;
    if (missed == null) {
      read(place);
      return;
    }
    place.reading(false);
    place.position(delivered); // first: the client may answer as soon as it has the bytes
    host.give(missed, seat);
    place.forgetAnswers(); // the bursts had them
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
      sessionOf(place).wire().executeLater(() -> catchUpIfBehind(place), RETRY_MILLIS);
      return;
    }
    if (slice == null) {
      sessionOf(place).cannotRead(place.room(), failure);
      return;
    }
    if (!slice.epoch().equals(place.epoch())) {
      sessionOf(place).logReplaced(place.room());
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
      sessionOf(place).goOn(); // a leave may have waited for this
    }
  }

  /** The objects of a slice, up to the last message delivered to followers. */
  private List<FromServer> objects(Place place, Slice slice) {
    List<FromServer> objects = new ArrayList<>(slice.messages().size() + 1);
    long first = slice.messages().isEmpty() ? slice.first() : slice.messages().get(0).seq();
    skipDropped(place, Math.min(first - 1, delivered), objects);
    for (Message message : slice.messages()) {
      if (message.seq() > delivered) {
        break;
      }
      FromServer own = takeAnswer(place, message.seq());
      objects.add(own == null ? Encoder.entry(place.room(), message) : own);
      place.position(message.seq());
    }
    return objects;
  }

  /** Adds gaps for messages that the log has dropped, and the kept answers among them. */
  private static void skipDropped(Place place, long upTo, List<FromServer> objects) {
    while (place.position() < upTo) {
      Long next = place.nextAnswer(upTo);
      if (next == null) {
        gap(place, upTo, objects);
      } else {
        FromServer own = takeAnswer(place, next);
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

  /** The kept answer with this sequence number; null if the session waits for none. */
  private static @Nullable FromServer takeAnswer(Place place, long seq) {
    FromServer own = place.takeAnswer(seq);
    return own != null && sessionOf(place).isAnswered(place.room(), own) ? own : null;
  }

  @Override
  public void stopDeliveries(Seat seat) {
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

  /** The room never waits for a session. */
  @Override
  public void whenCaughtUp(Runnable task) {
    task.run();
  }
}
