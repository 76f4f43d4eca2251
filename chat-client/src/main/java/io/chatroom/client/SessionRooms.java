package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.Position;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.protocol.session.SessionLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of a {@link Session}: joins them on each connection, delivers their objects to their
 * listeners, leaves them. On the client's thread, except for {@link #position}.
 */
final class SessionRooms {

  /** Maximum number of private rooms that are followed unasked; the most recent ones stay. */
  static final int MAX_UNASKED = 200;

  /** An honest server never opens more, including those being left. */
  private static final int MOST_UNASKED = 2 * MAX_UNASKED;

  private static final int MOST_REQUESTS = 4 * MOST_UNASKED;

  private final SessionWire wire;
  private final SessionClient client;
  private final @Nullable RoomListener privateRooms;
  private final boolean skipsReplays;
  private final Map<RoomName, RoomTrack> tracks = new ConcurrentHashMap<>();

  /** Counts received objects, to order rooms by the latest. */
  private long heard;

  SessionRooms(SessionWire wire, SessionClient client, SessionClient.Builder settings) {
    this.wire = wire;
    this.client = client;
    privateRooms = settings.others;
    skipsReplays = settings.skipsReplays;
    settings.rooms.forEach(
        (room, asked) -> tracks.put(room, new RoomTrack(room, asked.start(), asked.listener())));
  }

  @Nullable Position position(RoomName room) {
    RoomTrack track = tracks.get(room);
    return track == null ? null : track.position();
  }

  /** The joins to send with the hello. */
  List<FromClient.Wish> hello() {
    List<FromClient.Wish> wishes = new ArrayList<>();
    List<RoomTrack> wanted = new ArrayList<>(tracks.values());
    wanted.sort(Comparator.comparing(RoomTrack::isUnasked)); // joined ones first
    for (RoomTrack track : wanted) {
      if (wishes.size() < SessionLimits.MAX_ROOMS) {
        track.state(RoomTrack.State.ASKED);
        wishes.add(track.wish());
      }
    }
    return wishes;
  }

  /** Joins the rooms that had no place in the hello, or were added after it. */
  void welcomed() {
    for (RoomTrack track : tracks.values()) {
      if (track.state() == RoomTrack.State.WANTED) {
        ask(track);
      }
    }
  }

  void join(
      RoomName room,
      Start start,
      RoomListener listener,
      CompletableFuture<FromServer.Joined> joined) {
    RoomTrack track = tracks.get(room);
    if (track == null) {
      track = new RoomTrack(room, start, listener);
      tracks.put(room, track);
      ask(track);
    } else if (track.leaving() == null) {
      track.wanted();
      track.listener(listener);
    } else {
      RoomTrack successor = new RoomTrack(room, start, listener);
      track.successor(successor);
      track = successor;
    }
    Futures.pass(track.joined(), joined, answer -> answer);
  }

  private void ask(RoomTrack track) {
    if (!wire.isWelcomed()) {
      return; // the next hello joins it, or a join after it
    }
    track.state(RoomTrack.State.ASKED);
    FromClient.Wish wish = track.wish();
    CompletableFuture<FromServer> answer = new CompletableFuture<>();
    wire.request(
        FromServer.Joined.class,
        q -> new FromClient.Join(q, wish.room(), wish.after(), wish.last()),
        answer);
    answer.whenComplete(
        (joined, failure) -> {
          if (failure instanceof RefusedException refusal) {
            refused(track, refusal);
          }
        });
  }

  void leave(RoomName room, CompletableFuture<Void> left) {
    RoomTrack track = tracks.get(room);
    if (track == null) {
      left.complete(null);
      return;
    }
    CompletableFuture<Void> leaving = track.leaving();
    if (leaving == null) {
      leaving = new CompletableFuture<>();
      track.leaving(leaving);
      RoomTrack.State state = track.state();
      if (state == RoomTrack.State.WANTED) {
        gone(track, null);
      } else if (state == RoomTrack.State.IN) {
        sendLeave(track);
      }
    }
    leaving.whenComplete((nothing, failure) -> left.complete(null));
  }

  private void sendLeave(RoomTrack track) {
    track.state(RoomTrack.State.LEAVING);
    CompletableFuture<FromServer> answer = new CompletableFuture<>();
    wire.request(FromServer.Left.class, q -> new FromClient.Leave(q, track.name()), answer);
    answer.whenComplete((left, failure) -> gone(track, null)); // "not joined" will do, too
  }

  void take(FromServer.Joined joined) throws RuleBrokenException {
    if (joined.q() == null && joined.room().isPrivate() && !tracks.containsKey(joined.room())) {
      if (privateRooms == null) {
        return; // no listener for it
      }
      unasked(joined.room(), joined.seq() + 1, privateRooms);
    }
    RoomTrack track = tracks.get(joined.room());
    if (track == null) {
      throw notJoined(joined.room());
    }
    boolean wasAsked = track.state() == RoomTrack.State.ASKED;
    track.join(joined);
    track.joined().complete(joined);
    RoomListener listener = track.listener();
    wire.tell(() -> listener.onJoined(client, joined));
    if (track.leaving() != null && wasAsked) {
      sendLeave(track);
    }
  }

  void take(FromServer.Message message) throws RuleBrokenException {
    RoomTrack track = heard(message.room(), message.seq());
    if (track != null) {
      boolean isReplay = track.take(message.seq(), message.at());
      if (!isReplay || !skipsReplays) {
        wire.tell(() -> track.listener().onMessage(client, message));
      }
    }
  }

  void take(FromServer.Event event) throws RuleBrokenException {
    RoomTrack track = heard(event.room(), event.seq());
    if (track != null) {
      boolean isReplay = track.take(event.seq(), event.at());
      if (!isReplay || !skipsReplays) {
        wire.tell(() -> track.listener().onEvent(client, event));
      }
    }
  }

  void take(FromServer.Ack ack, FromClient.Post post) throws RuleBrokenException {
    RoomTrack track = heard(ack.room(), ack.seq());
    if (track != null) {
      track.take(ack.seq(), ack.at());
      wire.tell(() -> track.listener().onAck(client, ack, post));
    }
  }

  void take(FromServer.Gap gap) throws RuleBrokenException {
    RoomTrack track = heard(gap.room(), gap.from());
    if (track != null) {
      track.take(gap);
      wire.tell(() -> track.listener().onGap(client, gap));
    }
  }

  void take(FromServer.Presence presence) {
    RoomTrack track = tracks.get(presence.room());
    if (track != null) {
      wire.tell(() -> track.listener().onPresence(client, presence));
    }
  }

  void take(FromServer.Pong pong) throws RuleBrokenException {
    for (Map.Entry<RoomName, Long> head : pong.heads().entrySet()) {
      RoomTrack track = tracks.get(head.getKey());
      if (track != null) {
        track.head(head.getValue());
      }
    }
  }

  /**
   * The room of a received object; null for a private room without a listener.
   *
   * @throws RuleBrokenException if the room was not joined, and is not private
   */
  private @Nullable RoomTrack heard(RoomName room, long seq) throws RuleBrokenException {
    RoomTrack track = tracks.get(room);
    if (track == null && !room.isPrivate()) {
      throw notJoined(room);
    }
    if (track == null && privateRooms != null) {
      track = unasked(room, seq, privateRooms);
      wire.request(
          FromServer.Joined.class,
          q -> new FromClient.Join(q, room, null, null), // tells its epoch
          new CompletableFuture<>());
    }
    if (track != null) {
      track.heardAt(++heard);
    }
    return track;
  }

  /**
   * The server has opened a private room unasked. If there are too many, leaves the one that has
   * been silent longest: the server opens it again with the next message there.
   *
   * @throws RuleBrokenException if the server opens too many
   */
  private RoomTrack unasked(RoomName room, long seq, RoomListener listener)
      throws RuleBrokenException {
    List<RoomTrack> all = tracks.values().stream().filter(RoomTrack::isUnasked).toList();
    RuleBrokenException.check(
        all.size() < MOST_UNASKED && wire.requests() < MOST_REQUESTS,
        "private rooms are opened without end, and none of " + MAX_UNASKED + " can be left");
    List<RoomTrack> stay = all.stream().filter(track -> track.leaving() == null).toList();
    if (stay.size() >= MAX_UNASKED) {
      RoomTrack quietest = Collections.min(stay, Comparator.comparingLong(RoomTrack::heardAt));
      leave(quietest.name(), new CompletableFuture<>());
    }
    RoomTrack track = RoomTrack.unasked(room, seq, listener);
    track.heardAt(++heard);
    tracks.put(room, track);
    return track;
  }

  private static RuleBrokenException notJoined(RoomName room) {
    return new RuleBrokenException(
        "the room " + VisibleText.of(room.text()) + " is heard without having been joined");
  }

  /**
   * The server has removed the client from a room.
   *
   * @param text the reason for people; null or blank if the server gives none
   */
  void putOut(RoomName room, @Nullable String text) {
    RoomTrack track = tracks.get(room);
    if (track != null) {
      gone(track, text == null || text.isBlank() ? null : RefusedException.putOut(text));
    }
  }

  /** True if the client is in the room now. */
  boolean isIn(RoomName room) {
    RoomTrack track = tracks.get(room);
    return track != null && track.state() == RoomTrack.State.IN;
  }

  void take(FromServer.Read mark) {
    RoomTrack track = tracks.get(mark.room());
    if (track != null) {
      wire.tell(() -> track.listener().onRead(client, mark));
    }
  }

  /** Handles an error about a room of the hello; returns false if it is about something else. */
  boolean refused(FromServer.Error error) {
    RoomTrack track = error.room() == null ? null : tracks.get(error.room());
    if (track == null || track.state() != RoomTrack.State.ASKED) {
      return false;
    }
    if (error.act() == Do.RETRY) {
      track.state(RoomTrack.State.WANTED);
      wire.later(SessionWire.retryMillis(error), () -> askAgain(track));
    } else {
      refused(track, RefusedException.of(error));
    }
    return true;
  }

  private void askAgain(RoomTrack track) {
    if (tracks.get(track.name()) == track && track.state() == RoomTrack.State.WANTED) {
      ask(track);
    }
  }

  private void refused(RoomTrack track, RefusedException reason) {
    if (tracks.get(track.name()) == track) {
      gone(track, reason);
    }
  }

  /** True if the room is not joined yet on this connection, but will be. */
  boolean isComing(RoomName room) {
    RoomTrack track = tracks.get(room);
    return track != null
        && (track.state() == RoomTrack.State.WANTED || track.state() == RoomTrack.State.ASKED);
  }

  void disconnected() {
    for (RoomTrack track : List.copyOf(tracks.values())) {
      boolean isUnknown = track.state() == RoomTrack.State.IN && track.isWithoutEpoch();
      if (track.leaving() != null || isUnknown) {
        gone(track, null);
      } else {
        track.state(RoomTrack.State.WANTED);
      }
    }
  }

  private void gone(RoomTrack track, @Nullable RefusedException reason) {
    if (!tracks.remove(track.name(), track)) {
      return;
    }
    RoomTrack successor = track.successor();
    if (successor != null) {
      tracks.put(track.name(), successor);
      ask(successor);
    }
    ChatException told = reason == null ? left(track) : reason;
    track.joined().completeExceptionally(told);
    wire.tell(() -> track.listener().onLeft(client, track.name(), reason));
    CompletableFuture<Void> leaving = track.leaving();
    if (leaving != null) {
      leaving.complete(null);
    }
  }

  private static ChatException left(RoomTrack track) {
    return new ChatException("the room " + VisibleText.of(track.name().text()) + " was left");
  }

  /** The client has ended: completes all futures. */
  void end(ChatException reason) {
    for (RoomTrack track : List.copyOf(tracks.values())) {
      track.joined().completeExceptionally(reason);
      CompletableFuture<Void> leaving = track.leaving();
      if (leaving != null) {
        leaving.complete(null);
      }
      RoomTrack successor = track.successor();
      if (successor != null) {
        successor.joined().completeExceptionally(reason);
      }
    }
  }
}
