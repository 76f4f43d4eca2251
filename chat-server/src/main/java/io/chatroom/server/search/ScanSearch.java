package io.chatroom.server.search;

import io.chatroom.server.log.Message;
import io.chatroom.server.log.Position;
import io.chatroom.server.log.Slice;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Searches logs in memory, which are small, by checking every message: room after room, each from
 * its newest message backwards.
 *
 * <p>Numbers of different rooms are not comparable, so it orders by time. A clock that was set back
 * does not change the order within a room: there, a message counts as no newer than its successors.
 */
public final class ScanSearch implements Search {

  /** The most messages that a search checks in one room. */
  private static final int SCANNED = 20_000;

  /** The number of messages that a search reads at once. */
  private static final int STEP = 50;

  /**
   * A cursor over several rooms is a time, multiplied by this, plus the number of messages of that
   * time that were returned.
   */
  private static final int MOST_OF_A_TIME = 1_024;

  /**
   * A matching message.
   *
   * @param atMillis its time, but no later than its successors'
   */
  private record Match(long atMillis, String room, Message message) {

    static final Comparator<Match> BY_SEQ =
        Comparator.<Match>comparingLong(match -> match.message.seq()).reversed();

    /** The newest first; those of the same time by room, and then the newest first. */
    static final Comparator<Match> BY_TIME =
        Comparator.comparingLong(Match::atMillis)
            .reversed()
            .thenComparing(Match::room)
            .thenComparing(BY_SEQ);
  }

  @Override
  public CompletionStage<Found> find(Wanted wanted) {
    return new Scan(wanted).room(0);
  }

  @Override
  public void close() {}

  /** One search, as a sequence of steps, so that one thread at a time uses it. */
  private static final class Scan {

    private final Wanted wanted;
    private final List<Searched> rooms;

    /** For several rooms: the newest time to return. */
    private final long youngestMillis;

    /** The number of messages of that time that earlier pages returned. */
    private final long returned;

    /** The number of them still to skip. */
    private long left;

    /** The hits, the newest first; never many more than a page. */
    private final List<Match> found = new ArrayList<>();

    private boolean more;
    private boolean gaveUp;

    Scan(Wanted wanted) {
      this.wanted = wanted;
      this.rooms =
          wanted.rooms().stream()
              .filter(room -> wanted.query().looksInto(room.key()))
              .sorted(Comparator.comparing(Searched::key))
              .toList();
      Long before = wanted.inOneRoom() ? null : wanted.before();
      this.youngestMillis = before == null ? Long.MAX_VALUE : before / MOST_OF_A_TIME;
      this.returned = before == null ? 0 : before % MOST_OF_A_TIME;
      this.left = returned;
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

    /** Keeps only the newest hits that fit on a page. */
    private void trim() {
      found.sort(wanted.inOneRoom() ? Match.BY_SEQ : Match.BY_TIME);
      int fit = 0;
      long size = 0;
      while (fit < found.size() && fit < wanted.limit() && size <= wanted.bytes()) {
        size += found.get(fit).message.length();
        fit++;
      }
      more |= fit < found.size();
      found.subList(fit, found.size()).clear();
    }

    private Found result() {
      List<Hit> hits = new ArrayList<>();
      long ofOneTime = returned;
      long atMillis = youngestMillis;
      for (Match match : found) {
        ofOneTime = match.atMillis == atMillis ? ofOneTime + 1 : 1;
        atMillis = match.atMillis;
        hits.add(new Hit(match.room, match.message, before(match, ofOneTime)));
      }
      return new Found(hits, more ? hits.get(hits.size() - 1).before() : null, !gaveUp);
    }

    private long before(Match match, long ofItsTime) {
      if (wanted.inOneRoom()) {
        return match.message.seq();
      }
      if (ofItsTime
          >= MOST_OF_A_TIME) { // a cursor cannot express more; skips the rest of this time
        gaveUp = true;
        return (match.atMillis - 1) * MOST_OF_A_TIME;
      }
      return match.atMillis * MOST_OF_A_TIME + ofItsTime;
    }

    /** Searches one room backwards, from its newest message, or from the cursor. */
    private final class Backwards {

      private final Searched room;
      private final Position newest;
      private final List<Match> matches = new ArrayList<>();
      private long before;
      private long atMillis = Long.MAX_VALUE;
      private int scanned;
      private long size;
      private boolean enough;

      Backwards(Searched room) {
        this.room = room;
        this.newest = room.newest();
        Long before = wanted.inOneRoom() ? wanted.before() : null;
        this.before = before == null ? newest.seq() + 1 : Math.min(newest.seq() + 1, before);
      }

      /** Continues backwards until there are enough hits or no messages are left. */
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
                    check(messages.get(i));
                  }
                  before = after + 1;
                  scanned += STEP;
                  return step();
                });
      }

      /** Reads messages; if a read returns fewer than requested, reads the rest. */
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

      private void check(Message message) {
        atMillis = Math.min(atMillis, message.atMillis());
        if (enough || atMillis > youngestMillis || !wanted.query().matches(message)) {
          return;
        }
        if (left > 0 && atMillis == youngestMillis) {
          left--; // returned by an earlier page
          return;
        }
        enough = matches.size() == wanted.limit() || size > wanted.bytes(); // so there is more
        matches.add(new Match(atMillis, room.key(), message));
        size += message.length();
      }
    }
  }
}
