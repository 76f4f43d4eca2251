package io.chatroom.server.room;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Position;

/**
 * A member's place in one room. It is the author of what the member says there, and what the room
 * remembers of it. Belongs to the event loop of the member's channel; other threads read only what
 * never changes.
 */
public final class Seat implements Author {

  private static final int NONE = -1;

  private final Member member;
  private final Outlet outlet;
  private final Encoding encoding;
  private final byte[] nameFrame;
  private final int lane;
  private final Position joinedAfter;
  private final boolean first;
  private final boolean visits;
  private boolean listens = true;
  private boolean left;
  private int place = NONE;
  private long saidInRound;
  private long tookTurnInRound;

  /** A place in the order, less this, is how many bytes the member was given. */
  private long notHeardBytes;

  /**
   * @param lane the number of its event loop
   * @param joinedAfter where the order ended when it joined
   * @param first whether nobody was there, and nothing was ever said
   * @param visits as {@link Kind#visits}
   */
  Seat(
      Member member,
      Encoding encoding,
      byte[] nameFrame,
      int lane,
      Position joinedAfter,
      boolean first,
      boolean visits) {
    this.member = member;
    this.outlet = member.outlet();
    this.encoding = encoding;
    this.nameFrame = nameFrame;
    this.lane = lane;
    this.joinedAfter = joinedAfter;
    this.first = first;
    this.visits = visits;
  }

  /** Whether it was the first in a room in which nothing was ever said. */
  public boolean isFirst() {
    return first;
  }

  /** Whether it is a visitor's, who is not counted. */
  boolean visits() {
    return visits;
  }

  /** Who sits there. */
  public Member member() {
    return member;
  }

  /** How to write to it. */
  public Outlet outlet() {
    return outlet;
  }

  /** How it gets what is said. */
  Encoding encoding() {
    return encoding;
  }

  @Override
  public byte[] nameFrame() {
    return nameFrame;
  }

  /** Where the order ended when it joined: the first message it gets is the one after that. */
  public Position joinedAfter() {
    return joinedAfter;
  }

  /** Whether it is given what is said. */
  public boolean listens() {
    return listens;
  }

  void listensNoMore() {
    listens = false;
  }

  void leaves() {
    listens = false;
    left = true;
  }

  boolean hasLeft() {
    return left;
  }

  int lane() {
    return lane;
  }

  /** Whether it is given what is said at once, rather than brought up. */
  public boolean follows() {
    return place != NONE;
  }

  /** Its place among those who follow. */
  int place() {
    return place;
  }

  void followsAt(int place) {
    this.place = place;
  }

  void followsNoMore() {
    place = NONE;
  }

  /** It has said some of what this round brings. */
  void saidIn(long round) {
    saidInRound = round;
  }

  boolean hasSaidIn(long round) {
    return saidInRound == round;
  }

  /** Whether its turn in this round comes only now. */
  boolean takesTurnIn(long round) {
    boolean now = tookTurnInRound != round;
    tookTurnInRound = round;
    return now;
  }

  /** It does not hear these bytes of the order: they came before it, or are its own. */
  public void doesNotHear(long bytes) {
    notHeardBytes += bytes;
  }

  /** It begins anew: it has heard nothing of what is in front of this place in the order. */
  public void hasHeardNothingBefore(long place) {
    notHeardBytes = place;
  }

  /** How many bytes it was given up to a place in the order. */
  public long heardUntil(long place) {
    return place - notHeardBytes;
  }
}
