package io.chatroom.server.room;

import io.chatroom.protocol.LengthHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who is in a room, and what has changed since that was told. Belongs to the room's lock.
 *
 * <p>In a crowd only the number is told: nobody reads a list of thousands, and each arrival would
 * cost every member a line.
 */
final class Roster {

  /** Above this number of members, names are not told. */
  static final int CROWD = 200;

  private final Set<Seat> seats = new LinkedHashSet<>(4);

  /** How many are there beside them, of whom nobody is told. */
  private int visitors;

  // Most rooms are silent: these are there only while something is to be told.
  private Set<Seat> came = Set.of();
  private List<Seat> went = List.of();

  int size() {
    return seats.size();
  }

  /** Whether nobody is there, no visitor either. */
  boolean isEmpty() {
    return seats.isEmpty() && visitors == 0;
  }

  void add(Seat seat) {
    if (seat.visits()) {
      visitors++;
      return;
    }
    seats.add(seat);
    if (seats.size() <= CROWD) {
      came = came.isEmpty() ? new LinkedHashSet<>() : came;
      came.add(seat);
    }
  }

  void remove(Seat seat) {
    if (seat.visits()) {
      visitors--;
      return;
    }
    seats.remove(seat);
    boolean untold = !came.isEmpty() && came.remove(seat);
    if (!untold && seats.size() < CROWD && went.size() < CROWD) {
      went = went.isEmpty() ? new ArrayList<>() : went;
      went.add(seat);
    }
  }

  /** The names of some members, those who have been there longest first. */
  List<String> names(int limit) {
    return seats.stream().limit(limit).map(Roster::name).toList();
  }

  /** Nobody is told what has changed until now. */
  void forgetChanges() {
    came = Set.of();
    went = List.of();
  }

  /** What has changed, which counts as told from here on. */
  Attendance takeChanges(String room) {
    boolean crowd = seats.size() > CROWD;
    Attendance attendance =
        new Attendance(
            room,
            crowd ? List.of() : came.stream().map(Roster::name).toList(),
            crowd ? List.of() : went.stream().map(Roster::name).toList(),
            seats.size());
    forgetChanges();
    return attendance;
  }

  private static String name(Seat seat) {
    byte[] frame = seat.nameFrame();
    int header = LengthHeader.BYTES;
    return new String(frame, header, frame.length - header, StandardCharsets.UTF_8);
  }
}
