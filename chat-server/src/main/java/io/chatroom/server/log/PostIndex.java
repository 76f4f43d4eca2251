package io.chatroom.server.log;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the posts of all clients are, in all logs of a server, for as long as they are kept: so a
 * post that comes again is found. Thread-safe.
 */
final class PostIndex {

  /** What one post takes here and in its page, about: its keys, its strings, its entry. */
  static final int BYTES_PER_POST = 320;

  /**
   * Where a post is.
   *
   * @param log of which room, by identity
   * @param textHash of what was said; null once that was deleted
   */
  record Place(Object log, long seq, long atMillis, @Nullable Integer textHash) {

    /** Whether a post with this text is the same; any is once the text was deleted. */
    boolean hasText(int hash) {
      return textHash == null || textHash == hash;
    }
  }

  private record Key(String client, String id) {}

  private final ConcurrentMap<Key, Place> places = new ConcurrentHashMap<>();

  /**
   * Gives a post its place if it has none.
   *
   * @return the place that it had before; null if it had none
   */
  @Nullable Place putIfAbsent(Post post, Place place) {
    return places.putIfAbsent(key(post), place);
  }

  void remove(Post post) {
    places.remove(key(post));
  }

  /** What a post said was deleted. */
  void forgetText(Post post) {
    places.computeIfPresent(
        key(post), (key, place) -> new Place(place.log, place.seq, place.atMillis, null));
  }

  private static Key key(Post post) {
    return new Key(post.client(), post.id());
  }
}
