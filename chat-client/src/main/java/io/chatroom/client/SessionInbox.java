package io.chatroom.client;

import io.chatroom.protocol.VisibleText;
import io.chatroom.protocol.session.Do;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;

/**
 * Passes each object that arrives after the welcome to the part of the {@link Session} it belongs
 * to, and rejects what the client has not asked for. On the client's thread.
 */
final class SessionInbox {

  /** Where the server asks for a longer delay before a retry, the request fails. */
  private static final long LONGEST_RETRY_MILLIS = 30_000;

  private final SessionWire wire;
  private final SessionRooms rooms;
  private final PostSender posts;
  private final Requests requests;
  private final NameProof proof;
  private final SessionClient client;
  private final SessionListener listener;
  private String ownName = "";

  SessionInbox(
      SessionWire wire,
      SessionRooms rooms,
      PostSender posts,
      Requests requests,
      NameProof proof,
      SessionClient client,
      SessionListener listener) {
    this.wire = wire;
    this.rooms = rooms;
    this.posts = posts;
    this.requests = requests;
    this.proof = proof;
    this.client = client;
    this.listener = listener;
  }

  void welcomed(FromServer.Welcome answer) {
    ownName = answer.name();
  }

  /**
   * Handles an object.
   *
   * @throws RuleBrokenException if the server must not have sent it
   */
  void take(FromServer object) throws RuleBrokenException {
    if (object instanceof FromServer.Message message) {
      rooms.take(message);
    } else if (object instanceof FromServer.Event event) {
      rooms.take(event);
      requests.answerEvent(event, ownName);
    } else if (object instanceof FromServer.Ack ack) {
      posts.take(ack);
    } else if (object instanceof FromServer.Gap gap) {
      rooms.take(gap);
    } else if (object instanceof FromServer.Joined joined) {
      if (joined.q() != null) {
        requests.answer(joined.q(), joined);
      }
      rooms.take(joined);
    } else if (object instanceof FromServer.Left left) {
      if (left.q() != null) {
        requests.answer(left.q(), left);
      } else {
        rooms.putOut(left.room(), left.text());
      }
    } else if (object instanceof FromServer.Presence presence) {
      rooms.take(presence);
    } else if (object instanceof FromServer.Pong pong) {
      rooms.take(pong);
    } else if (object instanceof FromServer.Page page) {
      requests.answer(page.q(), page);
    } else if (object instanceof FromServer.Rooms list) {
      requests.answer(list.q(), list);
    } else if (object instanceof FromServer.Members list) {
      requests.answer(list.q(), list);
    } else if (object instanceof FromServer.Error error) {
      take(error);
    } else if (object instanceof FromServer.Owned owned) {
      take(owned);
    } else if (object instanceof FromServer.Link code) {
      requests.answer(code.q(), code);
    } else if (object instanceof FromServer.Tokens tokens) {
      requests.answer(tokens.q(), tokens);
    } else if (object instanceof FromServer.Moderated act) {
      requests.answer(act.q(), act);
    } else if (object instanceof FromServer.Blocked blocked) {
      if (blocked.q() != null) {
        requests.answer(blocked.q(), blocked);
      }
      wire.tell(() -> listener.onBlocked(client, blocked.names()));
    } else if (object instanceof FromServer.Read read) {
      requests.answerRead(read);
      rooms.take(read);
    } else {
      throw new RuleBrokenException(object.type() + " comes without having been asked for");
    }
  }

  /** Keeps the token before any caller learns that the name is owned. */
  private void take(FromServer.Owned owned) throws RuleBrokenException {
    Requests.Asked asked = requests.get(owned.q());
    if (asked == null || !(asked.request() instanceof FromClient.Claim)) {
      throw new RuleBrokenException("owned comes without having been asked for");
    }
    try {
      proof.claimed(owned.token());
    } catch (ChatException e) {
      requests.fail(
          owned.q(),
          new ChatException(
              "the name is yours, but its token cannot be stored; once that is mended, claim the"
                  + " name again: "
                  + e.getMessage(),
              e));
      return;
    }
    requests.answer(owned.q(), owned);
  }

  /** Handles an error about a post, a room or a request. */
  private void take(FromServer.Error error) throws RuleBrokenException {
    if (error.id() != null) {
      posts.refused(error, error.id());
      return;
    }
    if (rooms.refused(error)) {
      return;
    }
    boolean isAboutRead =
        error.q() == null
            && error.room() != null
            && requests.failRead(error.room(), RefusedException.of(error));
    if (isAboutRead) {
      return;
    }
    Requests.Asked asked = requests.get(error.q());
    if (asked == null || error.q() == null) {
      throw new RuleBrokenException(
          "an error comes for nothing that was asked: " + VisibleText.of(error.text()));
    }
    long retryMillis = SessionWire.retryMillis(error);
    if (error.act() == Do.RETRY && retryMillis <= LONGEST_RETRY_MILLIS) {
      wire.later(retryMillis, () -> wire.send(asked.request()));
    } else {
      requests.fail(error.q(), RefusedException.of(error));
    }
  }
}
