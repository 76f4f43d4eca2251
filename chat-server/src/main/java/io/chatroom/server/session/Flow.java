package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;

/**
 * Decides when one session reads from its client and when it ends: it stops reading while too many
 * requests are unanswered, and after the client's goodbye it ends once all are answered. Belongs to
 * the session's event loop.
 */
final class Flow {

  private final Terms terms;
  private final Wire wire;
  private final Replies replies;
  private final Steps steps;
  private final Places places;
  private final AutoJoin autoJoin;
  private final RequestRouter router;

  /** The client sends no more requests; the session ends once all are answered. */
  private boolean leaving;

  /** The server is stopping, and takes no more requests. */
  private boolean stopping;

  /** Reading has stopped, because too many requests are unanswered. */
  private boolean full;

  Flow(
      Terms terms,
      Wire wire,
      Replies replies,
      Steps steps,
      Places places,
      AutoJoin autoJoin,
      RequestRouter router) {
    this.terms = terms;
    this.wire = wire;
    this.replies = replies;
    this.steps = steps;
    this.places = places;
    this.autoJoin = autoJoin;
    this.router = router;
  }

  /** True once the session takes no more requests. */
  boolean isOver() {
    return leaving || stopping || replies.areOver();
  }

  /** Takes no more requests. Those already taken are still answered. */
  void stop() {
    stopping = true;
  }

  // ---- answers

  /** Stops reading if too many requests are unanswered. */
  void waitIfFull() {
    if (!full && isFull()) {
      full = true;
      wire.stopReading();
    }
  }

  private boolean isFull() {
    return !steps.areTaken()
        || waiting() + places.questions() >= terms.maxUnanswered()
        || router.reading() >= terms.maxReads();
  }

  /**
   * How many requests wait for answers; posts, topics and deletions are counted by their places.
   */
  private int waiting() {
    return steps.waiting() + router.waiting();
  }

  /** An answer is about to be sent: continues after it, if something waits for it. */
  void answered() {
    if (full || leaving || places.areLeaving()) {
      wire.execute(this::goOn);
    }
  }

  /** Continues whatever was waiting for answers: leaving rooms, reading, ending. */
  void goOn() {
    if (replies.areOver()) {
      return;
    }
    places.leaveAnswered();
    if (full && !isFull()) {
      full = false;
      wire.readOn();
    }
    endIfLeaving();
  }

  // ---- the end

  /** Takes no more requests; the session ends at the next {@link #endIfLeaving}. */
  void leave() {
    leaving = true;
  }

  /** Takes no more requests, and ends the session once all are answered. */
  void leaveWhenAnswered() {
    leave();
    endIfLeaving();
  }

  /** Ends the session if it is leaving and all requests are answered. */
  void endIfLeaving() {
    if (leaving && waiting() == 0 && !places.waitForAnswers()) {
      places.leaveAll();
      replies.end();
    }
  }

  /** The client has ended its stream: its earlier requests are still answered. */
  void inputEnded() {
    if (!leaving && !replies.areOver()) {
      leaveWhenAnswered();
    }
  }

  /** Ends the session now, and gives the client a reason. */
  void end(FromServer.Bye bye) {
    if (!replies.areOver()) {
      forget();
      replies.end(bye);
    }
  }

  /** The connection has ended: leaves all rooms, and answers nothing more. */
  void closed() {
    forget();
    replies.drop();
  }

  private void forget() {
    steps.forget();
    autoJoin.forget();
    router.forget();
    places.leaveAll();
  }
}
