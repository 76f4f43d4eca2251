package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Post;
import io.chatroom.server.names.Pair;
import io.chatroom.server.room.Presence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session's place in one room: how far it has been given the room's order, and which of its posts
 * wait for their answers. Belongs to the session's event loop.
 */
final class Place {

  private final RoomName room;
  private final String key;
  private final @Nullable Pair pair;
  private final Presence presence;
  private final String epoch;

  /** By id, how many posts wait: a client may send one twice. */
  private final Map<String, Integer> unanswered = new HashMap<>(4);

  /**
   * By number, the answers to what it said and has not been given yet, because it does not follow.
   * The log cannot tell them: it knows who posted, but not on which connection, and forgets.
   */
  private final NavigableMap<Long, FromServer> ownAnswers = new TreeMap<>();

  /** Up to which number those who follow have been given the room. */
  private LongSupplier delivered = () -> 0;

  private long position;

  /** The requests of those of its events that have not been told, in order. */
  private final Deque<String> events = new ArrayDeque<>(1);

  private int pages;
  private boolean reading;
  private boolean leaving;
  private @Nullable String leavesFor;
  private @Nullable String trouble;

  /**
   * @param room what the session calls it
   * @param pair whose it is; null if it is not private
   * @param position it has, or does not want, everything up to here
   */
  Place(RoomName room, @Nullable Pair pair, Presence presence, String epoch, long position) {
    this.room = room;
    this.key = pair == null ? room.key() : pair.key();
    this.pair = pair;
    this.presence = presence;
    this.epoch = epoch;
    this.position = position;
  }

  /** What the session calls the room. */
  RoomName room() {
    return room;
  }

  /** What the room is called by the server. */
  String key() {
    return key;
  }

  /** Whose room it is; null if it is not private. */
  @Nullable Pair pair() {
    return pair;
  }

  Presence presence() {
    return presence;
  }

  String epoch() {
    return epoch;
  }

  /**
   * Its arrival has had its turn.
   *
   * @param delivered up to which number those who follow have been given the room
   */
  void arrived(LongSupplier delivered) {
    this.delivered = delivered;
  }

  /** It has everything up to here, while it does not follow. */
  long position() {
    return position;
  }

  void position(long seq) {
    position = seq;
  }

  /** Up to which number it has been given the room. */
  long head() {
    return presence.seat().follows() ? delivered.getAsLong() : position;
  }

  /** What it said has its place in the order: the answer goes there when it is brought up. */
  void answersLater(long seq, FromServer answer) {
    ownAnswers.put(seq, answer);
  }

  /** The first number up to this one for which an answer waits; null if there is none. */
  @Nullable Long nextOwn(long upTo) {
    return ownAnswers.isEmpty() || ownAnswers.firstKey() > upTo ? null : ownAnswers.firstKey();
  }

  /** The answer that goes to this place; null if what stands there is somebody else's. */
  @Nullable FromServer takeOwn(long seq) {
    return ownAnswers.remove(seq);
  }

  /** All those answers have been given. */
  void forgetOwn() {
    ownAnswers.clear();
  }

  /** Whether a read for it is under way, or will be once the network has taken what was sent. */
  boolean isReading() {
    return reading;
  }

  void reading(boolean now) {
    reading = now;
  }

  /** It leaves when its posts have been answered. */
  void leaveWhenAnswered(@Nullable String q) {
    leaving = true;
    leavesFor = q;
  }

  boolean isLeaving() {
    return leaving;
  }

  /** The request that it leaves for. */
  @Nullable String leavesFor() {
    return leavesFor;
  }

  /** Why nothing can be said there for now; null if it can. */
  @Nullable String trouble() {
    return trouble;
  }

  void trouble(@Nullable String why) {
    trouble = why;
  }

  void asks(Post post) {
    unanswered.merge(post.id(), 1, Integer::sum);
  }

  void asksForEvent(String q) {
    events.add(q);
  }

  /** An event that it asked for does not come about. */
  void takesBackEvent(String q) {
    if (!events.removeLastOccurrence(q)) {
      events.pollLast(); // another one was told for it
    }
  }

  /**
   * A post gets its answer.
   *
   * @return false if it does not wait for one
   */
  boolean answers(String id) {
    Integer waiting = unanswered.get(id);
    if (waiting == null) {
      return false;
    }
    if (waiting == 1) {
      unanswered.remove(id);
    } else {
      unanswered.put(id, waiting - 1);
    }
    return true;
  }

  /** Posts wait for their answers no more; the id of each. */
  List<String> giveUp() {
    List<String> ids = new ArrayList<>();
    unanswered.forEach((id, times) -> ids.addAll(Collections.nCopies(times, id)));
    unanswered.clear();
    return ids;
  }

  /** The first of its events has been told, or is not taken; the request, null if there is none. */
  @Nullable String answersEvent() {
    return events.poll();
  }

  /** A page is being read of it, among others perhaps. */
  void pageBegins() {
    pages++;
  }

  void pageEnds() {
    pages--;
  }

  /** How much of what was said there waits for its answer; pages are counted by who reads them. */
  int questions() {
    return unanswered.size() + events.size();
  }

  /** What it asked for when it came, and missed, is part of the answer to that (S-23). */
  private boolean hasWhatItMissed() {
    return head() >= presence.seat().joinedAfter().seq();
  }

  boolean waitsForAnswers() {
    return questions() + pages > 0 || !hasWhatItMissed();
  }
}
