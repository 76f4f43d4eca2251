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

  /** A cursor over several rooms is a time, so many times, and how many of that time were told. */
  private static final int TOLD_OF_A_TIME = 1_024;

  /**
   * A message that was found.
   *
   * @param atMillis when it was said, and no later than what was said behind it
   */
  private record Match(long atMillis, String room, Message message) {

    static final Comparator<Match> BY_SEQ =
        Comparator.<Match>comparingLong(match -> match.message.seq()).reversed();

    /** Of one time, room after room, each from its newest on. */
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

  /** One search. One step after the other, so that one thread at a time has it. */
  private static final class Scan {

    private final Wanted wanted;
    private final List<Searched> rooms;

    /** Over several rooms, nothing younger is wanted, and of this time not the first ones. */
    private final long youngestMillis;

    private final long told;
    private long left;

    /** The newest first; never many more than a page takes. */
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
      this.youngestMillis = before == null ? Long.MAX_VALUE : before / TOLD_OF_A_TIME;
      this.told = before == null ? 0 : before % TOLD_OF_A_TIME;
      this.left = told;
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
      long ofOneTime = told;
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
      if (ofItsTime >= TOLD_OF_A_TIME) { // a cursor cannot say so; the rest of this time is lost
        gaveUp = true;
        return (match.atMillis - 1) * TOLD_OF_A_TIME;
      }
      return match.atMillis * TOLD_OF_A_TIME + ofItsTime;
    }

    /** One room, from its newest message, or from where one is asked for, backwards. */
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
        if (enough || atMillis > youngestMillis || !wanted.query().matches(message)) {
          return;
        }
        if (left > 0 && atMillis == youngestMillis) {
          left--; // an earlier page had it
          return;
        }
        enough = matches.size() == wanted.limit() || size > wanted.bytes(); // this tells of more
        matches.add(new Match(atMillis, room.key(), message));
        size += message.length();
      }
    }
  }
}
