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
   * @param textHash of what was said
   */
  record Place(Object log, long seq, long atMillis, int textHash) {}

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

  private static Key key(Post post) {
    return new Key(post.client(), post.id());
  }
}
