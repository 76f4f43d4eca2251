package io.chatroom.server.room;

import io.chatroom.protocol.LengthHeader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

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

  /** Those on other servers, and those of them who were told. */
  private Company others = Company.NOBODY;

  private Company toldOthers = Company.NOBODY;

  /** How many there are, on whichever server. */
  int size() {
    return seats.size() + others.count();
  }

  /** Those on this server. */
  Company here() {
    boolean crowd = seats.size() > CROWD;
    return new Company(seats.size(), crowd ? List.of() : seats.stream().map(Roster::name).toList());
  }

  /** Those on other servers are others now. False if they are the same. */
  boolean elsewhere(Company now) {
    boolean isNew = !others.equals(now);
    others = now;
    return isNew;
  }

  /** Whether nobody is there, on this server; no visitor either. */
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

  /** The names of some members, those of this server who have been there longest first. */
  List<String> names(int limit) {
    return Stream.concat(seats.stream().map(Roster::name), others.names().stream())
        .limit(limit)
        .toList();
  }

  /** Nobody is told what has changed until now. */
  void forgetChanges() {
    came = Set.of();
    went = List.of();
    toldOthers = others;
  }

  /** What has changed, which counts as told from here on. */
  Attendance takeChanges(String room) {
    boolean crowd = size() > CROWD;
    Attendance attendance =
        new Attendance(
            room,
            crowd ? List.of() : and(came, without(others, toldOthers)),
            crowd ? List.of() : and(went, without(toldOthers, others)),
            size());
    forgetChanges();
    return attendance;
  }

  private static List<String> and(Collection<Seat> here, List<String> elsewhere) {
    return Stream.concat(here.stream().map(Roster::name), elsewhere.stream()).toList();
  }

  /** The names that one has more than the other; none where not all are known. */
  private static List<String> without(Company one, Company other) {
    if (one.count() == 0 || !one.hasAllNames() || !other.hasAllNames()) {
      return List.of();
    }
    Map<String, Integer> left = new HashMap<>();
    other.names().forEach(name -> left.merge(name, 1, Integer::sum));
    List<String> more = new ArrayList<>();
    for (String name : one.names()) {
      if (left.merge(name, -1, Integer::sum) < 0) {
        more.add(name);
      }
    }
    return more;
  }

  private static String name(Seat seat) {
    byte[] frame = seat.nameFrame();
    int header = LengthHeader.BYTES;
    return new String(frame, header, frame.length - header, StandardCharsets.UTF_8);
  }
}
