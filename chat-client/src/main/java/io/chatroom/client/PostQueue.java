package io.chatroom.client;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The unacknowledged posts, in the order of the calls. On each new connection all of them are sent
 * again, from the first on (S-73). After a temporary refusal, none is sent until all posts in
 * flight are answered, so that they keep their order.
 *
 * <p>{@link #admit}, {@link #release} and {@link #size} are for any thread, the rest is for the
 * client's own.
 */
final class PostQueue {

  /** The size of a post's object without its text. */
  private static final int OBJECT_BYTES = 256;

  /** A waiting post. */
  record Waiting(
      long number, FromClient.Post post, int textBytes, CompletableFuture<FromServer.Ack> ack) {}

  private final int maxPosts;
  private final long maxBytes;
  private int posts; // guarded by this, as are the bytes
  private long bytes;

  private final Set<String> ids = new HashSet<>();
  private final Deque<Waiting> unsent = new ArrayDeque<>();
  private final Map<String, Waiting> sent = new LinkedHashMap<>();
  private final List<Waiting> refused = new ArrayList<>();
  private long sentBytes;
  private long count;

  PostQueue(int maxPosts, long maxBytes) {
    this.maxPosts = maxPosts;
    this.maxBytes = maxBytes;
  }

  /** Counts a post, if it fits. */
  synchronized boolean admit(int textBytes) {
    if (posts > 0 && (posts >= maxPosts || bytes + textBytes > maxBytes)) {
      return false;
    }
    posts++;
    bytes += textBytes;
    return true;
  }

  /** Stops counting a post. */
  synchronized void release(int textBytes) {
    posts--;
    bytes -= textBytes;
  }

  /** The number of counted posts. */
  synchronized int size() {
    return posts;
  }

  /**
   * Adds a counted post.
   *
   * @return false if one with this id waits already
   */
  boolean add(FromClient.Post post, int textBytes, CompletableFuture<FromServer.Ack> ack) {
    if (!ids.add(post.id())) {
      return false;
    }
    unsent.add(new Waiting(count++, post, textBytes, ack));
    return true;
  }

  /** The next post to send, which counts as sent from here on; null if none may be sent now. */
  @Nullable Waiting next(int maxUnanswered, long maxUnansweredBytes) {
    Waiting first = unsent.peek();
    if (first == null || !refused.isEmpty()) {
      return null;
    }
    long after = sentBytes + size(first);
    if (!sent.isEmpty() && (sent.size() >= maxUnanswered || after > maxUnansweredBytes)) {
      return null;
    }
    unsent.remove();
    sent.put(first.post.id(), first);
    sentBytes = after;
    return first;
  }

  /** The sent post with this id, or null. */
  @Nullable Waiting sent(String id) {
    return sent.get(id);
  }

  /** Removes a post that was answered or given up. */
  void remove(Waiting waiting) {
    ids.remove(waiting.post.id());
    takeFromSent(waiting);
    unsent.remove(waiting);
    refused.remove(waiting);
    release(waiting.textBytes);
  }

  /** The server has refused the post temporarily. */
  void refuse(Waiting waiting) {
    takeFromSent(waiting);
    refused.add(waiting);
  }

  /** True if some posts were refused temporarily, and all others in flight are answered. */
  boolean isToBeSentAgain() {
    return !refused.isEmpty() && sent.isEmpty();
  }

  /** Lets the refused posts be sent again. */
  void sendAgain() {
    refused.sort(Comparator.comparingLong(Waiting::number).reversed());
    refused.forEach(unsent::addFirst);
    refused.clear();
  }

  /** The connection is gone: no sent post will be answered. */
  void disconnected() {
    refused.addAll(sent.values());
    sent.clear();
    sentBytes = 0;
    sendAgain();
  }

  /** Removes and returns all posts, in their order. */
  List<Waiting> drain() {
    disconnected();
    List<Waiting> all = List.copyOf(unsent);
    unsent.clear();
    ids.clear();
    all.forEach(waiting -> release(waiting.textBytes));
    return all;
  }

  private void takeFromSent(Waiting waiting) {
    if (sent.remove(waiting.post.id(), waiting)) {
      sentBytes -= size(waiting);
    }
  }

  private static long size(Waiting waiting) {
    return (long) waiting.textBytes + OBJECT_BYTES;
  }
}
