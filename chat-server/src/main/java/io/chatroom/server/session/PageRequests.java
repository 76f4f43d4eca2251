package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests of one session whose messages are still being read. The session does not leave a
 * room before its requests there are answered. Belongs to the session's event loop.
 */
final class PageRequests {

  private final Replies replies;

  /** An unanswered request: its {@code q}, and the rooms it reads from. */
  private record Running(String q, List<Place> places) {}

  /** By identity: a client may send two equal requests with the same {@code q}. */
  private final IdentityHashMap<Object, Running> running = new IdentityHashMap<>(2);

  PageRequests(Replies replies) {
    this.replies = replies;
  }

  int size() {
    return running.size();
  }

  void begin(Object request, String q, List<Place> places) {
    running.put(request, new Running(q, places));
    places.forEach(Place::pageBegins);
  }

  /** False once a request is answered or given up. */
  boolean isRunning(Object request) {
    return running.containsKey(request);
  }

  /**
   * Ends a request, which the caller then answers.
   *
   * @return false if it was given up, and must not be answered
   */
  boolean end(Object request) {
    Running asked = running.remove(request);
    if (asked != null) {
      asked.places().forEach(Place::pageEnds);
    }
    return asked != null;
  }

  /** The session has ended: drops all requests without an answer. */
  void forget() {
    running.clear();
  }

  /** The server is stopping: refuses all requests. */
  void giveUp() {
    List<Running> waiting = List.copyOf(running.values());
    running.clear();
    waiting.forEach(
        asked -> replies.refuse(asked.q(), Code.UNAVAILABLE, "The server is about to stop."));
  }

  /** The session was put out of a room: refuses the requests that read from it. */
  void giveUp(Place place) {
    for (Map.Entry<Object, Running> one : List.copyOf(running.entrySet())) {
      if (one.getValue().places().contains(place)) {
        end(one.getKey());
        replies.refuse(one.getValue().q(), Code.NOT_JOINED, "You were removed from this room.");
      }
    }
  }
}
