package io.chatroom.server.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The positions of all kept posts, in all logs of a server, to detect repeated posts. Thread-safe.
 */
final class PostIndex {

  /** Approximate memory of one post, here and in its page: key, strings and entry. */
  static final int BYTES_PER_POST = 320;

  /**
   * The place of a post.
   *
   * @param log the log of its room, compared by identity
   * @param textHash the hash of its text; null once it was deleted
   */
  record Place(Object log, long seq, long atMillis, @Nullable Integer textHash) {

    /** Returns true if the post has this text; true for any text once it was deleted. */
    boolean hasText(int hash) {
      return textHash == null || textHash == hash;
    }
  }

  private record Key(String client, String id) {}

  private final ConcurrentMap<Key, Place> places = new ConcurrentHashMap<>();

  /**
   * Gives a post its place if it has none.
   *
   * @return the place that it has already; null if it had none
   */
  @Nullable Place putIfAbsent(Post post, Place place) {
    return places.putIfAbsent(key(post), place);
  }

  void remove(Post post) {
    places.remove(key(post));
  }

  /** Forgets the text of a post whose message was deleted. */
  void forgetText(Post post) {
    places.computeIfPresent(
        key(post), (key, place) -> new Place(place.log, place.seq, place.atMillis, null));
  }

  private static Key key(Post post) {
    return new Key(post.client(), post.id());
  }
}
