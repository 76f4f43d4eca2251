package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromClient.Action;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.names.Crowd;
import io.chatroom.server.names.Denial;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Answers one session's requests to moderate. An action in a room is announced there, which is the
 * answer; an action on the whole server is answered to the session alone. Belongs to the session's
 * event loop.
 */
final class Moderator {

  /** More than the longest text of a network. */
  private static final int MAX_ADDRESS_BYTES = 64;

  private final Shared shared;
  private final Wire wire;
  private final Replies replies;
  private final Joins joins;
  private final Places places;
  private final Pending pending;
  private final Runnable answered;

  /**
   * @param answered called after each answer
   */
  Moderator(
      Shared shared,
      Wire wire,
      Replies replies,
      Joins joins,
      Places places,
      Pending pending,
      Runnable answered) {
    this.shared = shared;
    this.wire = wire;
    this.replies = replies;
    this.joins = joins;
    this.places = places;
    this.pending = pending;
    this.answered = answered;
  }

  void moderate(Identity who, FromClient.Moderate asked) {
    RoomName room = asked.room();
    Place place = room == null ? null : joins.find(who, asked.q(), room);
    if (room != null && place == null) {
      return;
    }
    int most = Math.max(shared.terms().limits().maxNameBytes(), MAX_ADDRESS_BYTES);
    String target = asked.target();
    int bytes = target == null ? 0 : target.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > most) {
      String text = "The target has " + bytes + " bytes, expected at most " + most + ".";
      replies.refuse(asked.q(), Code.BAD_REQUEST, text);
      return;
    }
    if (place != null && place.trouble() != null) {
      replies.refuse(asked.q(), Code.UNAVAILABLE, place.trouble());
      return;
    }
    Runnable waiting =
        pending.begin(
            () -> replies.refuse(asked.q(), Code.UNAVAILABLE, "The server is about to stop."));
    if (place != null) {
      place.asksForEvent(asked.q()); // the session does not leave before that
    }
    shared
        .people()
        .moderate(
            who.person(),
            asked,
            place == null ? Crowd.NOBODY : crowd(who, asked.action(), place),
            denial ->
                wire.execute(
                    () -> {
                      if (pending.end(waiting)) {
                        answer(who, asked, place, denial);
                      }
                    }));
  }

  /** The people in a room, if the action needs them: listing them is expensive. */
  private Crowd crowd(Identity who, Action action, Place place) {
    boolean counts = action == Action.KICK || action == Action.CLOSE;
    return counts && shared.people().isOp(who.person(), place.room())
        ? new Crowd(place.presence().names(Integer.MAX_VALUE))
        : Crowd.NOBODY;
  }

  private void answer(
      Identity who, FromClient.Moderate asked, @Nullable Place place, @Nullable Denial denial) {
    if (denial != null) {
      replies.refuse(asked.q(), denial);
    }
    if (place == null || denial != null || !tell(who, asked, place)) {
      if (place != null) {
        place.takesBackEvent(asked.q());
      }
      if (denial == null) {
        String target = asked.target();
        replies.send(new FromServer.Moderated(asked.q(), asked.action().text(), target));
      }
      answered.run();
    }
  }

  /** Announces the action in the room; false if the session is not there any more. */
  private boolean tell(Identity who, FromClient.Moderate asked, Place place) {
    String why = asked.why();
    String text = asked.action().text() + (why == null || why.isEmpty() ? "" : " " + why);
    String target = asked.target();
    boolean isName = target != null && !target.startsWith("address:");
    return places.has(place)
        && place
            .presence()
            .happens(new RoomEvent(RoomEvent.MODERATED, who.name(), isName ? target : null, text));
  }
}
