package io.chatroom.server.room;

import io.chatroom.server.log.Author;
import io.chatroom.server.log.Position;

/**
 * A member's seat in one room: the author of its messages there, and the room's state about it.
 * Belongs to the event loop of the member's channel. Other threads can read the final fields only.
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
  private long authorInRound;
  private long tookTurnInRound;

  /** A place in the order minus this is the number of bytes that the member was given. */
  private long skippedBytes;

  /**
   * @param lane the number of its lane
   * @param joinedAfter where the order ended when it joined
   * @param first true if the room was empty and never had a message
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

  /** Returns true if it was the first in a room that never had a message. */
  public boolean isFirst() {
    return first;
  }

  /** Returns true if it belongs to a visitor, who is not counted. */
  boolean visits() {
    return visits;
  }

  /** The member that has this seat. */
  public Member member() {
    return member;
  }

  /** Writes to the member. */
  public Outlet outlet() {
    return outlet;
  }

  /** The member's encoding. */
  Encoding encoding() {
    return encoding;
  }

  @Override
  public byte[] nameFrame() {
    return nameFrame;
  }

  /** Where the order ended when it joined: its first message is the one after that. */
  public Position joinedAfter() {
    return joinedAfter;
  }

  /** Returns false once the member is about to leave and receives nothing more. */
  public boolean listens() {
    return listens;
  }

  void stopListening() {
    listens = false;
  }

  void markLeft() {
    listens = false;
    left = true;
  }

  boolean hasLeft() {
    return left;
  }

  int lane() {
    return lane;
  }

  /** Returns true if it receives live messages, rather than catching up. */
  public boolean follows() {
    return place != NONE;
  }

  /** Its index among the followers. */
  int place() {
    return place;
  }

  void followsAt(int place) {
    this.place = place;
  }

  void followsNoMore() {
    place = NONE;
  }

  /** Marks it as the author of some messages in a round. */
  void markAuthorIn(long round) {
    authorInRound = round;
  }

  boolean isAuthorIn(long round) {
    return authorInRound == round;
  }

  /** Returns true on the first call for a round, and false after that. */
  boolean takesTurnIn(long round) {
    boolean isFirstCall = tookTurnInRound != round;
    tookTurnInRound = round;
    return isFirstCall;
  }

  /** Leaves these bytes of the order out: they came before it joined, or are its own. */
  public void skip(long bytes) {
    skippedBytes += bytes;
  }

  /** Starts the count again: it was given nothing before this place in the order. */
  public void startAt(long place) {
    skippedBytes = place;
  }

  /** The number of bytes that it was given up to a place in the order. */
  public long receivedUntil(long place) {
    return place - skippedBytes;
  }
}
