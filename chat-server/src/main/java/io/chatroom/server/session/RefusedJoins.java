package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Denial;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The joins of one session that were refused for now, and not repeated yet. Posts that follow such
 * a join are refused for now, too, so that the client repeats them with it. A private room that the
 * session joins without a request begins where the refused join wanted to begin. Keeps the newest
 * joins, at most as many as the session may join rooms. Belongs to the session's event loop.
 */
final class RefusedJoins {

  private final Replies replies;
  private final int maxJoins;

  /** By the session's name for the room. */
  private Map<String, Refused> joins = Map.of();

  private static final class Refused {

    private final FromClient.Wish wish;

    /** Done once the room has caught up with the client; null if this was not asked yet. */
    private @Nullable CompletableFuture<Void> reach;

    Refused(FromClient.Wish wish) {
      this.wish = wish;
    }
  }

  RefusedJoins(Replies replies, int maxJoins) {
    this.replies = replies;
    this.maxJoins = maxJoins;
  }

  /**
   * Refuses a join, and keeps it if the client is to repeat it.
   *
   * @param q null if the join is part of a hello
   */
  void refuse(@Nullable String q, FromClient.Wish wish, Denial why) {
    String key = wish.room().key();
    forget(wish.room());
    if (why.code().act() == Do.RETRY) {
      if (joins.isEmpty()) {
        joins = new LinkedHashMap<>();
      }
      joins.put(key, new Refused(wish));
      if (joins.size() > maxJoins) {
        joins.remove(joins.keySet().iterator().next());
      }
    }
    replies.refuse(q, wish.room(), why);
  }

  /** The session has joined the room, or does not want to join it any more. */
  void forget(RoomName room) {
    if (!joins.isEmpty()) {
      joins.remove(room.key());
    }
  }

  /** Why a session that is not in a room cannot use it. */
  Denial notJoined(RoomName room) {
    return joins.containsKey(room.key())
        ? Denial.of(Code.UNAVAILABLE, "Your join of this room was refused for now, try again.")
        : Denial.of(Code.NOT_JOINED, "Join " + room.text() + " first.");
  }

  /** The refused join that named a position to resume from; null if there is none. */
  FromClient.@Nullable Wish resuming(RoomName room) {
    Refused join = joins.get(room.key());
    return join == null || join.wish.after() == null ? null : join.wish;
  }

  /**
   * What a session must wait for before it can resume where a refused join wanted to.
   *
   * @param reach waits until the room has reached a position; null if it has
   * @return null if there is nothing to wait for
   */
  @Nullable CompletionStage<Void> needs(
      RoomName room, Function<Position, @Nullable CompletionStage<Void>> reach) {
    Refused join = joins.get(room.key());
    Position after = join == null ? null : join.wish.after();
    if (join == null || after == null) {
      return null;
    }
    CompletableFuture<Void> needed = join.reach;
    if (needed == null || needed.isCompletedExceptionally()) {
      CompletionStage<Void> asked = reach.apply(after);
      needed = asked == null ? null : asked.toCompletableFuture();
      join.reach = needed;
    }
    return needed == null || (needed.isDone() && !needed.isCompletedExceptionally())
        ? null
        : needed;
  }
}
