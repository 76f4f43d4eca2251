package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.log.Detail;
import io.chatroom.server.log.Message;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.Refusal;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.names.Denial;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * What one session changes in its rooms: posts, topics and deletions. A room's log answers each
 * later; until then it counts as unanswered. Belongs to the session's event loop.
 */
final class Posting {

  private static final String CANNOT_STORE =
      "The server cannot store messages for now, try again later.";

  private static final String CANNOT_KEEP =
      "The server's database cannot store this text, change it.";

  private final Shared shared;
  private final Kinds kinds;
  private final Replies replies;
  private final Joins joins;
  private final Places places;
  private final Runnable answered;

  /**
   * @param kinds the kind of member that the session is
   * @param answered called after each answer that comes from a room's log
   */
  Posting(
      Shared shared, Kinds kinds, Replies replies, Joins joins, Places places, Runnable answered) {
    this.shared = shared;
    this.kinds = kinds;
    this.replies = replies;
    this.joins = joins;
    this.places = places;
    this.answered = answered;
  }

  // ---- requests

  /**
   * Posts a message.
   *
   * @return false if the post was refused, or the server is stopping
   */
  boolean post(Identity who, FromClient.Post post) {
    Place place = joins.find(who, post.room(), denial -> replies.refusePost(post.id(), denial));
    if (place == null) {
      return false;
    }
    String trouble = place.trouble();
    if (trouble == null && !kinds.receives() && place.presence().isRefusing()) {
      trouble = CANNOT_STORE; // a visitor joined after the room's members were notified
    }
    if (trouble != null) {
      replies.refusePost(post.id(), Code.UNAVAILABLE, trouble);
      return false;
    }
    long replyTo = post.replyTo() == null ? 0 : post.replyTo();
    Denial denial = mayTalk(who, place);
    if (denial == null) {
      denial = shared.people().mayTalk(who.person(), place.room());
    }
    if (denial != null) {
      replies.refusePost(post.id(), denial);
      return false;
    }
    announce(place);
    boolean owned = shared.people().speaksAsOwner(who.person(), who.owner());
    Post logged = new Post(who.client(), post.id(), replyTo, owned);
    byte[] frame = Encoder.frame(post.text());
    place.asks(logged);
    if (place.presence().post(Unpooled.wrappedBuffer(frame), logged)) {
      return true;
    }
    place.answers(logged.id()); // the server is stopping: neither taken nor answered
    return false;
  }

  /** Sets a room's topic. */
  void topic(Identity who, FromClient.Topic topic) {
    Place place = joins.find(who, topic.q(), topic.room());
    if (place == null) {
      return;
    }
    String trouble = place.trouble();
    Denial denial = mayTalk(who, place);
    if (denial == null) {
      denial = shared.people().maySetTopic(who.person(), place.room());
    }
    if (denial != null) {
      replies.refuse(topic.q(), denial);
    } else if (trouble != null) {
      replies.refuse(topic.q(), Code.UNAVAILABLE, trouble);
    } else {
      announce(place);
      place.asksForEvent(topic.q());
      RoomEvent event = new RoomEvent(RoomEvent.TOPIC, who.name(), null, topic.text());
      if (!place.presence().happens(event)) {
        place.takesBackEvent(topic.q());
      }
    }
  }

  /**
   * Deletes a message.
   *
   * @param kept the entry of the room's log with that sequence number; null if it keeps none
   */
  void delete(Identity who, Place place, FromClient.Delete delete, @Nullable Message kept) {
    if (kept == null) {
      replies.refuse(delete.q(), nothingToDelete(place, delete));
      return;
    }
    String trouble = place.trouble();
    Denial denial = mayDelete(who, place, kept);
    if (denial != null) {
      replies.refuse(delete.q(), denial);
    } else if (trouble != null) {
      replies.refuse(delete.q(), Code.UNAVAILABLE, trouble);
    } else {
      announce(place);
      place.asksForEvent(delete.q());
      if (place.presence().happens(RoomEvent.deleted(who.name(), delete.seq()))) {
        shared.people().deletes(who.person(), place.room(), kept.from(), delete.seq());
      } else {
        place.takesBackEvent(delete.q());
      }
    }
  }

  /** In a private room, the reason if one of the two has blocked the other, else null. */
  private @Nullable Denial mayTalk(Identity who, Place place) {
    return place.pair() == null
        ? null
        : shared.people().privateRooms().mayTalk(who.requireOwner(), place.pair());
  }

  /** Makes all sessions of a pair join their private room before a message is posted there. */
  private void announce(Place place) {
    if (place.pair() != null) {
      shared.correspondence().announce(place.pair(), place.presence().newest().seq());
    }
  }

  private @Nullable Denial mayDelete(Identity who, Place place, Message kept) {
    if (kept.detail() instanceof RoomEvent) {
      String text = kept.seq() + " is an event, only messages can be deleted.";
      return Denial.of(Code.BAD_REQUEST, text);
    }
    boolean owned = kept.detail() instanceof Post post && post.owned();
    Denial denial =
        shared.people().mayDelete(who.person(), place.room(), kept.from(), owned, kept.atMillis());
    if (denial == null && kept.isDeleted()) {
      return Denial.of(Code.BAD_REQUEST, "Message " + kept.seq() + " is deleted already.");
    }
    return denial;
  }

  private static Denial nothingToDelete(Place place, FromClient.Delete delete) {
    String room = place.room().text();
    return Denial.of(
        Code.BAD_REQUEST,
        delete.seq() > place.presence().newest().seq()
            ? room + " has no message " + delete.seq() + " yet."
            : "Message " + delete.seq() + " of " + room + " is not kept any more.");
  }

  // ---- answers

  /**
   * A room's log cannot store posts for now. Refuses all unanswered posts in the room, although
   * some may be stored in the end, and all new ones until {@link #available}.
   *
   * @return false if this was known already
   */
  boolean unavailable(String room, Refusal why) {
    Place place = places.byKey(room);
    if (place == null || place.trouble() != null) {
      return false;
    }
    String trouble =
        why == Refusal.FULL ? "The server's disk is full, try again later." : CANNOT_STORE;
    place.trouble(trouble);
    place.giveUp().forEach(id -> replies.refusePost(id, Code.UNAVAILABLE, trouble));
    answered.run();
    return true;
  }

  /** Takes posts again in all rooms. */
  void available() {
    places.forEach(place -> place.trouble(null));
  }

  /**
   * Notes that an answer with a place in a room's order is about to be sent.
   *
   * @return false if the post was refused before: the client receives the message instead
   */
  boolean isAnswered(RoomName room, FromServer answer) {
    Place place = places.get(room);
    if (place == null) {
      return true;
    }
    if (!(answer instanceof FromServer.Ack ack)) {
      place.answersEvent();
    } else if (!place.answers(ack.id())) {
      return false;
    }
    answered.run();
    return true;
  }

  /** The log has the same post already: acknowledges it with its old sequence number. */
  void repeated(String room, Post post, long seq, long atMillis) {
    Place place = places.byKey(room);
    if (place != null && place.answers(post.id())) {
      replies.send(new FromServer.Ack(post.id(), place.room(), seq, atMillis, true));
      answered.run();
    }
  }

  /** The log has another post with the same id: refuses this one. */
  void reused(String room, Post post) {
    Place place = places.byKey(room);
    if (place != null && place.answers(post.id())) {
      replies.refusePost(
          post.id(),
          Code.ID_REUSED,
          "This id belongs to another post of this client, choose another id.");
      answered.run();
    }
  }

  /**
   * The log can never store a post or event.
   *
   * @param detail a {@link Post}, or else the detail of an event
   */
  void rejected(String room, @Nullable Detail detail) {
    Place place = places.byKey(room);
    if (place == null) {
      return;
    }
    if (!(detail instanceof Post post)) {
      replies.refuse(place.answersEvent(), Code.BAD_REQUEST, CANNOT_KEEP);
    } else if (place.answers(post.id())) {
      replies.refusePost(post.id(), Code.BAD_REQUEST, CANNOT_KEEP);
    }
    answered.run();
  }
}
