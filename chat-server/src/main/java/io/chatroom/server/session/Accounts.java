package io.chatroom.server.session;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.server.names.Bots;
import io.chatroom.server.names.Claim;
import io.chatroom.server.names.Link;
import java.util.function.Consumer;

/**
 * Answers one session's requests about the ownership of its name: claims, links to other devices,
 * and tokens of bots. Belongs to the session's event loop.
 */
final class Accounts {

  private final Shared shared;
  private final Wire wire;
  private final Replies replies;
  private final Listings listings;
  private final Pending pending;
  private final Consumer<Identity> claimed;
  private final Runnable answered;

  /**
   * @param claimed receives the session's new identity after a claim
   * @param answered called after each late answer
   */
  Accounts(
      Shared shared,
      Wire wire,
      Replies replies,
      Listings listings,
      Pending pending,
      Consumer<Identity> claimed,
      Runnable answered) {
    this.shared = shared;
    this.wire = wire;
    this.replies = replies;
    this.listings = listings;
    this.pending = pending;
    this.claimed = claimed;
    this.answered = answered;
  }

  void claim(Identity who, String q) {
    Runnable waiting = pending.begin(() -> refuseAsStopping(q));
    shared
        .people()
        .claim(who.person())
        .thenAccept(
            claim ->
                wire.execute(
                    () -> {
                      if (pending.end(waiting)) {
                        answer(who, q, claim);
                      }
                    }));
  }

  private void refuseAsStopping(String q) {
    replies.refuse(q, Code.UNAVAILABLE, "The server is about to stop.");
  }

  private void answer(Identity who, String q, Claim claim) {
    if (claim instanceof Claim.Granted granted && !replies.areOver()) {
      claimed.accept(
          new Identity(granted.person(), who.client(), shared.people().owner(granted.person())));
      replies.send(new FromServer.Owned(q, granted.token(), granted.keepDays()));
    } else if (claim instanceof Claim.Refused refused) {
      replies.refuse(q, refused.why());
    }
    answered.run();
  }

  void tokens(Identity who, FromClient.Tokens request) {
    Runnable waiting = pending.begin(() -> refuseAsStopping(request.q()));
    shared
        .people()
        .bots()
        .answer(who.person(), request)
        .thenAccept(
            answer ->
                wire.execute(
                    () -> {
                      if (pending.end(waiting)) {
                        answer(request.q(), answer);
                      }
                    }));
  }

  private void answer(String q, Bots.Answer answer) {
    if (answer instanceof Bots.Answer.Done done) {
      replies.send(listings.tokens(q, done.bots(), done.token()));
    } else if (answer instanceof Bots.Answer.Refused refused) {
      replies.refuse(q, refused.why());
    }
    answered.run();
  }

  void link(Identity who, String q) {
    Link link = shared.people().link(who.person());
    if (link instanceof Link.Code code) {
      replies.send(new FromServer.Link(q, code.code(), code.seconds()));
    } else if (link instanceof Link.Refused refused) {
      replies.refuse(q, refused.why());
    }
  }
}
