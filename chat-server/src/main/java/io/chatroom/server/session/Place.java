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
 * A session's place in one room: the position up to which it has received the room's messages, and
 * its unanswered requests. Belongs to the session's event loop.
 */
final class Place {

  private final RoomName room;
  private final String key;
  private final @Nullable Pair pair;
  private final Presence presence;
  private final String epoch;

  /** The number of unanswered posts by id: a client may send one twice. */
  private final Map<String, Integer> unanswered = new HashMap<>(4);

  /**
   * By sequence number, the answers that the session has not received yet because it is catching
   * up. They cannot be made from the log, which does not know the connection of a post, and drops
   * old messages.
   */
  private final NavigableMap<Long, FromServer> ownAnswers = new TreeMap<>();

  /** Returns the last sequence number delivered to the room's followers. */
  private LongSupplier delivered = () -> 0;

  private long position;

  /** The requests for events that are not answered yet, in order. */
  private final Deque<String> events = new ArrayDeque<>(1);

  private int pages;
  private boolean reading;
  private boolean leaving;
  private @Nullable String leavesFor;
  private @Nullable String trouble;

  /**
   * @param room the session's name for the room
   * @param pair the two owners of the room; null if it is not private
   * @param position the session has, or does not want, everything up to here
   */
  Place(RoomName room, @Nullable Pair pair, Presence presence, String epoch, long position) {
    this.room = room;
    this.key = pair == null ? room.key() : pair.key();
    this.pair = pair;
    this.presence = presence;
    this.epoch = epoch;
    this.position = position;
  }

  /** The session's name for the room. */
  RoomName room() {
    return room;
  }

  /** The server's name for the room. */
  String key() {
    return key;
  }

  /** The two owners of the room; null if it is not private. */
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
   * The room has placed the session's arrival in its order.
   *
   * @param delivered returns the last sequence number delivered to the room's followers
   */
  void arrived(LongSupplier delivered) {
    this.delivered = delivered;
  }

  /** The session has everything up to here. Valid only while it does not follow. */
  long position() {
    return position;
  }

  void position(long seq) {
    position = seq;
  }

  /** The last sequence number that the session has received. */
  long head() {
    return presence.seat().follows() ? delivered.getAsLong() : position;
  }

  /** Keeps an answer until the session has caught up to its sequence number. */
  void keepAnswer(long seq, FromServer answer) {
    ownAnswers.put(seq, answer);
  }

  /** The first sequence number, at most this one, with a kept answer; null if there is none. */
  @Nullable Long nextAnswer(long upTo) {
    return ownAnswers.isEmpty() || ownAnswers.firstKey() > upTo ? null : ownAnswers.firstKey();
  }

  /** Removes and returns the answer kept for this sequence number; null if there is none. */
  @Nullable FromServer takeAnswer(long seq) {
    return ownAnswers.remove(seq);
  }

  /** All kept answers were sent. */
  void forgetAnswers() {
    ownAnswers.clear();
  }

  /** True if a read to catch up is running, or waits for the network to take earlier bytes. */
  boolean isReading() {
    return reading;
  }

  void reading(boolean now) {
    reading = now;
  }

  /** The session will leave once its requests here are answered. */
  void leaveWhenAnswered(@Nullable String q) {
    leaving = true;
    leavesFor = q;
  }

  boolean isLeaving() {
    return leaving;
  }

  /** The {@code q} of the leave; null if there is none. */
  @Nullable String leavesFor() {
    return leavesFor;
  }

  /** Why the room takes no posts for now; null if it does. */
  @Nullable String trouble() {
    return trouble;
  }

  void trouble(@Nullable String why) {
    trouble = why;
  }

  /** A post waits for its answer. */
  void asks(Post post) {
    unanswered.merge(post.id(), 1, Integer::sum);
  }

  /** A request for an event waits for its answer. */
  void asksForEvent(String q) {
    events.add(q);
  }

  /** A requested event will not happen. */
  void takesBackEvent(String q) {
    if (!events.removeLastOccurrence(q)) {
      events.pollLast(); // another event was taken for its answer
    }
  }

  /**
   * A post is answered.
   *
   * @return false if it was not waiting for an answer
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

  /** Stops waiting for the answers to posts; returns their ids. */
  List<String> giveUp() {
    List<String> ids = new ArrayList<>();
    unanswered.forEach((id, times) -> ids.addAll(Collections.nCopies(times, id)));
    unanswered.clear();
    return ids;
  }

  /** The first requested event is answered; returns its {@code q}, or null if there is none. */
  @Nullable String answersEvent() {
    return events.poll();
  }

  /** A request begins to read messages of the room. */
  void pageBegins() {
    pages++;
  }

  void pageEnds() {
    pages--;
  }

  /** The number of unanswered posts and events; {@link PageRequests} counts the pages. */
  int questions() {
    return unanswered.size() + events.size();
  }

  /** The messages that a join resumes with are part of its answer (S-23). */
  private boolean hasWhatItMissed() {
    return head() >= presence.seat().joinedAfter().seq();
  }

  /** True while the session must not leave the room. */
  boolean waitsForAnswers() {
    return questions() + pages > 0 || !hasWhatItMissed();
  }
}
