package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends the posts of a {@link Session}: in the order of the calls, no more at once than the server
 * accepts, and again on a new connection or after a temporary refusal. {@link PostQueue} keeps them
 * until they are answered. On the client's thread, except for {@link #admit}, {@link #release} and
 * {@link #size}.
 */
final class PostSender {

  /** Limits on unanswered posts for a server that announces none, and caps on announced ones. */
  private static final long DEFAULT_UNANSWERED = 100;

  private static final long MAX_UNANSWERED = 10_000;
  private static final long DEFAULT_UNANSWERED_BYTES = 1 << 20;
  private static final long MAX_UNANSWERED_BYTES = 16 << 20;

  private final SessionWire wire;
  private final SessionRooms rooms;
  private final PostQueue queue;
  private final Runnable whenEmpty;

  private FromServer.@Nullable Welcome limits;

  /** No post is sent until a temporary refusal is over. */
  private boolean isHeld;

  /**
   * @param whenEmpty called whenever no post waits
   */
  PostSender(SessionWire wire, SessionRooms rooms, PostQueue queue, Runnable whenEmpty) {
    this.wire = wire;
    this.rooms = rooms;
    this.queue = queue;
    this.whenEmpty = whenEmpty;
  }

  /**
   * Counts a post as waiting, if it fits; returns false if too much waits already.
   *
   * @param textBytes the size of its text in UTF-8
   */
  boolean admit(int textBytes) {
    return queue.admit(textBytes);
  }

  /** Stops counting a post that was not added after all. */
  void release(int textBytes) {
    queue.release(textBytes);
  }

  /** The number of posts that wait. */
  int size() {
    return queue.size();
  }

  /** Adds an admitted post. */
  void add(FromClient.Post post, int textBytes, CompletableFuture<FromServer.Ack> ack) {
    if (queue.add(post, textBytes, ack)) {
      pump();
    } else {
      release(textBytes);
      ack.completeExceptionally(
          new ChatException("a post with the id " + VisibleText.of(post.id()) + " waits already"));
    }
  }

  void welcomed(FromServer.Welcome answer) {
    limits = answer;
    pump();
  }

  void disconnected() {
    isHeld = false;
    queue.disconnected();
  }

  /** Fails all posts: none will be answered. */
  void end(ChatException reason) {
    queue.drain().forEach(waiting -> waiting.ack().completeExceptionally(reason));
  }

  void take(FromServer.Ack ack) throws RuleBrokenException {
    PostQueue.Waiting waiting = queue.sent(ack.id());
    if (waiting == null || !waiting.post().room().equals(ack.room())) {
      throw new RuleBrokenException(
          "an ack comes for " + VisibleText.of(ack.id()) + ", which was not posted there");
    }
    if (!ack.duplicate()) {
      rooms.take(ack, waiting.post());
    }
    queue.remove(waiting);
    waiting.ack().complete(ack);
    pump();
  }

  /** Handles the error that refuses the post with this id. */
  void refused(FromServer.Error error, String id) throws RuleBrokenException {
    PostQueue.Waiting waiting = queue.sent(id);
    if (waiting == null) {
      throw new RuleBrokenException(
          "an error comes for " + VisibleText.of(id) + ", which was not posted");
    }
    // Not a failure: the client is about to rejoin the room.
    boolean isEarly =
        error.code().equals(Code.NOT_JOINED.text()) && rooms.isComing(waiting.post().room());
    if (error.act() != Do.RETRY && !isEarly) {
      fail(waiting, RefusedException.of(error));
      pump();
      return;
    }
    queue.refuse(waiting);
    if (!isHeld) {
      isHeld = true;
      wire.later(SessionWire.retryMillis(error), this::resume);
    }
  }

  /** Sends again after a temporary refusal, once everything in flight is answered. */
  private void resume() {
    if (queue.isToBeSentAgain()) {
      isHeld = false;
      queue.sendAgain();
      pump();
    } else {
      wire.later(SessionWire.RETRY_MILLIS, this::resume);
    }
  }

  /** Sends as many posts as the server accepts now. */
  private void pump() {
    if (queue.size() == 0) {
      whenEmpty.run();
      return;
    }
    FromServer.Welcome server = limits;
    if (!wire.isWelcomed() || isHeld || server == null) {
      return;
    }
    int posts =
        (int) limit(server, FromServer.Welcome.MAX_UNANSWERED, DEFAULT_UNANSWERED, MAX_UNANSWERED);
    long bytes =
        limit(
            server,
            FromServer.Welcome.MAX_UNANSWERED_BYTES,
            DEFAULT_UNANSWERED_BYTES,
            MAX_UNANSWERED_BYTES);
    Long longest = server.limits().get(FromServer.Welcome.MAX_MESSAGE_BYTES);
    for (PostQueue.Waiting waiting = queue.next(posts, bytes);
        waiting != null;
        waiting = queue.next(posts, bytes)) {
      if (longest != null && waiting.textBytes() > longest) {
        fail(waiting, tooLong(waiting.textBytes(), longest));
      } else {
        wire.send(waiting.post());
      }
    }
  }

  private static long limit(FromServer.Welcome server, String name, long absent, long most) {
    return Math.max(1, Math.min(most, server.limits().getOrDefault(name, absent)));
  }

  /** Refuses a post here, as the server would close the connection over its frame. */
  private static RefusedException tooLong(int bytes, long limit) {
    return new RefusedException(
        "the text has " + bytes + " bytes of UTF-8, and the server accepts " + limit,
        Code.TOO_LONG.text(),
        Do.CHANGE);
  }

  private void fail(PostQueue.Waiting waiting, ChatException reason) {
    queue.remove(waiting);
    waiting.ack().completeExceptionally(reason);
  }
}
