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
 * The members of a room, and the changes since the last notice. Guarded by the room's lock.
 *
 * <p>In a crowd, notices have the number only: nobody reads a list of thousands, and each join
 * would cost every member a line.
 */
final class Roster {

  /** Above this number of members, notices have no names. */
  static final int CROWD = 200;

  private final Set<Seat> seats = new LinkedHashSet<>(4);

  /** The number of visitors, who are in no notice. */
  private int visitors;

  // Most rooms are quiet: these are allocated only while there are changes.
  private Set<Seat> came = Set.of();
  private List<Seat> went = List.of();

  /** The members on other servers now, and at the last notice. */
  private Company others = Company.NOBODY;

  private Company knownOthers = Company.NOBODY;

  /** The number of members on all servers. */
  int size() {
    return seats.size() + others.count();
  }

  /** The members on this server. */
  Company here() {
    boolean crowd = seats.size() > CROWD;
    return new Company(seats.size(), crowd ? List.of() : seats.stream().map(Roster::name).toList());
  }

  /** Replaces the members on other servers. False if they are the same. */
  boolean elsewhere(Company now) {
    boolean isNew = !others.equals(now);
    others = now;
    return isNew;
  }

  /** Returns true if there is no member and no visitor on this server. */
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
    boolean isUnknown = !came.isEmpty() && came.remove(seat);
    if (!isUnknown && seats.size() < CROWD && went.size() < CROWD) {
      went = went.isEmpty() ? new ArrayList<>() : went;
      went.add(seat);
    }
  }

  /** The names of some members: those on this server in the order of joining, then others. */
  List<String> names(int limit) {
    return Stream.concat(seats.stream().map(Roster::name), others.names().stream())
        .limit(limit)
        .toList();
  }

  /** Drops the changes: no notice will have them. */
  void forgetChanges() {
    came = Set.of();
    went = List.of();
    knownOthers = others;
  }

  /** Returns the changes, and starts collecting new ones. */
  Attendance takeChanges(String room) {
    boolean crowd = size() > CROWD;
    Attendance attendance =
        new Attendance(
            room,
            crowd ? List.of() : and(came, without(others, knownOthers)),
            crowd ? List.of() : and(went, without(knownOthers, others)),
            size());
    forgetChanges();
    return attendance;
  }

  private static List<String> and(Collection<Seat> here, List<String> elsewhere) {
    return Stream.concat(here.stream().map(Roster::name), elsewhere.stream()).toList();
  }

  /** The names in one company that are not in the other; empty if not all are known. */
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
