package io.chatroom.server.search;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Finds by looking at every message, room after room, each from its newest one backwards: for what
 * is in memory, which is not much.
 *
 * <p>Numbers of several rooms say nothing about each other; times do. A clock that was set back
 * cannot change the order within a room: there a message counts as no younger than those behind it.
 */
public final class ScanSearch implements Search {

  /** A search that has looked at this number of messages of a room gives up. */
  private static final int SCANNED = 20_000;

  /** How many messages a search looks at before it decides how to go on. */
  private static final int STEP = 50;

  /**
   * A message in the order of all rooms.
   *
   * @param atMillis when it was said, and no later than what was said behind it
   */
  private record Place(long atMillis, String room, long seq) {

    private static final Comparator<Place> NEWEST_FIRST =
        Comparator.comparingLong(Place::atMillis)
            .reversed()
            .thenComparing(Place::room)
            .thenComparing(Comparator.comparingLong(Place::seq).reversed());

    static Place of(String text) {
      int first = text.indexOf(':');
      int last = text.lastIndexOf(':');
      if (first >= 0 && last > first) {
        try {
          return new Place(
              Long.parseLong(text.substring(0, first)),
              text.substring(last + 1),
              Long.parseLong(text.substring(first + 1, last)));
        } catch (NumberFormatException e) {
          // said below
        }
      }
      throw new IllegalArgumentException("\"" + text + "\" is not a place to go on from");
    }

    boolean isBehind(Place other) {
      return NEWEST_FIRST.compare(this, other) > 0;
    }

    @Override
    public String toString() {
      return atMillis + ":" + seq + ":" + room;
    }
  }

  private record Match(Place place, Message message) {}

  @Override
  public CompletionStage<Found> find(
      Query query, List<Searched> rooms, @Nullable String place, int limit, long bytes) {
    Place from = place == null ? null : Place.of(place);
    List<Searched> searched = rooms.stream().filter(room -> query.looksInto(room.key())).toList();
    return new Scan(query, searched, from, limit, bytes).room(0);
  }

  @Override
  public void close() {}

  /** One search. One step after the other, so that one thread at a time has it. */
  private static final class Scan {

    private final Query query;
    private final List<Searched> rooms;
    private final @Nullable Place from;
    private final int limit;
    private final long bytes;

    /** The newest first; never many more than a page takes. */
    private final List<Match> found = new ArrayList<>();

    private boolean more;
    private boolean gaveUp;

    Scan(Query query, List<Searched> rooms, @Nullable Place from, int limit, long bytes) {
      this.query = query;
      this.rooms = rooms;
      this.from = from;
      this.limit = limit;
      this.bytes = bytes;
    }

    CompletionStage<Found> room(int index) {
      if (index == rooms.size()) {
        return CompletableFuture.completedFuture(result());
      }
      Backwards room = new Backwards(rooms.get(index));
      return room.step()
          .thenCompose(
              done -> {
                found.addAll(room.matches);
                trim();
                return room(index + 1);
              });
    }

    /** Leaves the newest that fit into a page. */
    private void trim() {
      found.sort(Comparator.comparing(Match::place, Place.NEWEST_FIRST));
      int fit = 0;
      long size = 0;
      while (fit < found.size() && fit < limit && size <= bytes) {
        size += found.get(fit).message.text().length();
        fit++;
      }
      more |= fit < found.size();
      found.subList(fit, found.size()).clear();
    }

    private Found result() {
      List<Hit> hits =
          found.stream()
              .map(one -> new Hit(one.place.room, one.message, one.place.toString()))
              .toList();
      return new Found(hits, more ? hits.get(hits.size() - 1).place() : null, !gaveUp);
    }

    /** One room, from its newest message, or from where the last page ended, backwards. */
    private final class Backwards {

      private final Searched room;
      private final Position newest;
      private final List<Match> matches = new ArrayList<>();
      private long before;
      private long atMillis;
      private int scanned;
      private long size;
      private boolean enough;

      Backwards(Searched room) {
        this.room = room;
        this.newest = room.newest();
        if (from != null && from.room.equals(room.key())) {
          this.before = Math.min(newest.seq() + 1, from.seq);
          this.atMillis = from.atMillis;
        } else {
          this.before = newest.seq() + 1;
          this.atMillis = Long.MAX_VALUE;
        }
      }

      /** Looks further back, until there are enough or nothing is left. */
      CompletionStage<?> step() {
        if (enough || before <= Math.max(1, room.oldest())) {
          return CompletableFuture.completedFuture(null);
        }
        if (scanned >= SCANNED) {
          gaveUp = true;
          return CompletableFuture.completedFuture(null);
        }
        long after = Math.max(0, before - 1 - STEP);
        return read(after, new ArrayList<>())
            .thenCompose(
                messages -> {
                  for (int i = messages.size() - 1; i >= 0; i--) {
                    look(messages.get(i));
                  }
                  before = after + 1;
                  scanned += STEP;
                  return step();
                });
      }

      /** A read may give less than was asked for; then the rest is another one. */
      private CompletionStage<List<Message>> read(long after, List<Message> read) {
        int asked = (int) (before - 1 - after);
        if (asked <= 0) {
          return CompletableFuture.completedFuture(read);
        }
        return room.read(new Position(newest.epoch(), after), asked)
            .thenCompose(
                slice -> {
                  long last = add(slice, read);
                  return last < 0 ? CompletableFuture.completedFuture(read) : read(last, read);
                });
      }

      private long add(Slice slice, List<Message> read) {
        long last = -1;
        if (slice.epoch().equals(newest.epoch())) {
          for (Message message : slice.messages()) {
            if (message.seq() < before) {
              read.add(message);
              last = message.seq();
            }
          }
        }
        return last;
      }

      private void look(Message message) {
        atMillis = Math.min(atMillis, message.atMillis());
        Place place = new Place(atMillis, room.key(), message.seq());
        boolean wanted = !enough && (from == null || place.isBehind(from));
        if (wanted && query.matches(message)) {
          enough = matches.size() == limit || size > bytes; // then this one tells of more
          matches.add(new Match(place, message));
          size += message.text().length();
        }
      }
    }
  }
}
