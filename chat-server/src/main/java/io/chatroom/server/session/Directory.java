package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.server.room.RoomSummary;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Answers one session's requests for lists of rooms and members. Belongs to the session's event
 * loop.
 */
final class Directory {

  private final Wire wire;
  private final Replies replies;
  private final Listings listings;
  private final Joins joins;
  private final Pending pending;
  private final Runnable answered;

  /**
   * @param answered called after each late answer
   */
  Directory(
      Wire wire,
      Replies replies,
      Listings listings,
      Joins joins,
      Pending pending,
      Runnable answered) {
    this.wire = wire;
    this.replies = replies;
    this.listings = listings;
    this.joins = joins;
    this.pending = pending;
    this.answered = answered;
  }

  void rooms(Identity who, FromClient.Rooms asked) {
    CompletableFuture<List<RoomSummary>> found = listings.find(asked).toCompletableFuture();
    if (found.isDone() && !found.isCompletedExceptionally()) {
      answer(who, asked, found.join());
      return;
    }
    Runnable waiting =
        pending.begin(
            () -> replies.refuse(asked.q(), Code.UNAVAILABLE, "The server is about to stop."));
    found.whenComplete(
        (rooms, failure) ->
            wire.execute(
                () -> {
                  if (pending.end(waiting)) {
                    if (rooms == null) {
                      String text = "Rooms cannot be listed for now, try again later.";
                      replies.refuse(asked.q(), Code.UNAVAILABLE, text);
                    } else {
                      answer(who, asked, rooms);
                    }
                    answered.run();
                  }
                }));
  }

  private void answer(Identity who, FromClient.Rooms asked, List<RoomSummary> found) {
    replies.send(listings.rooms(asked, found, room -> joins.mayKnow(who, room)));
  }

  void members(Identity who, FromClient.Members asked) {
    if (asked.room() == null) {
      replies.send(listings.members(asked));
      return;
    }
    Place place = joins.find(who, asked.q(), asked.room());
    if (place != null) {
      replies.send(listings.members(asked, place));
    }
  }
}
