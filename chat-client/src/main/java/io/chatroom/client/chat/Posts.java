package io.chatroom.client.chat;

import io.chatroom.protocol.session.RoomName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The unacknowledged posts of a session, in order. Bounded. Thread-safe. */
final class Posts {

  private record Waiting(RoomName room, String text, boolean mayHaveGone) {}

  private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
  private long count;
  private int chars;
  private boolean isConnected;

  /**
   * Adds all of these or none.
   *
   * @return the number of the first, the others follow; 0 if they do not fit
   */
  synchronized long add(RoomName room, List<String> texts) {
    int more = texts.stream().mapToInt(String::length).sum();
    if (waiting.size() + texts.size() > Outbox.MAX_MESSAGES || chars + more > Outbox.MAX_CHARS) {
      return 0;
    }
    long first = count + 1;
    texts.forEach(text -> waiting.put(++count, new Waiting(room, text, isConnected)));
    chars += more;
    return first;
  }

  /** Removes a post that was acknowledged or refused. */
  synchronized void remove(long number) {
    Waiting gone = waiting.remove(number);
    if (gone != null) {
      chars -= gone.text.length();
    }
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** True if this post was sent and awaits its acknowledgement. */
  synchronized boolean isOnItsWay(long number) {
    return isConnected && waiting.containsKey(number);
  }

  /** A connection was made, which sends all posts, or was lost. */
  synchronized void connected(boolean now) {
    isConnected = now;
    if (now) {
      waiting.replaceAll((number, post) -> new Waiting(post.room, post.text, true));
    }
  }

  /** All texts, each with its room unless it is this one. */
  synchronized List<String> shown(@Nullable RoomName here) {
    List<String> shown = new ArrayList<>();
    for (Waiting post : waiting.values()) {
      shown.add(Objects.equals(post.room, here) ? post.text : "[" + post.room + "] " + post.text);
    }
    return shown;
  }

  /** The texts that the server may have. */
  synchronized List<String> doubtful() {
    return texts(Waiting::mayHaveGone);
  }

  /** The texts of one room that the server cannot have. */
  synchronized List<String> unsent(RoomName room) {
    return texts(post -> !post.mayHaveGone && post.room.equals(room));
  }

  /** The texts of all other rooms that the server cannot have. */
  synchronized List<String> unsentElsewhere(RoomName room) {
    return texts(post -> !post.mayHaveGone && !post.room.equals(room));
  }

  private List<String> texts(Predicate<Waiting> which) {
    return waiting.values().stream().filter(which).map(Waiting::text).toList();
  }
}
