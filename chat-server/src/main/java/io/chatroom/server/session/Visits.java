package io.chatroom.server.session;

import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Admission;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Visitor;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Visitors, who use a session without a hello: for one request, or to receive the messages of one
 * room. A visitor is in a room for as long as its request needs. Belongs to the session's event
 * loop.
 */
final class Visits {

  private final Shared shared;
  private final Wire wire;
  private final Replies replies;
  private final Steps steps;
  private final Prerequisites prerequisites;
  private final Joins joins;
  private final Login login;
  private final RequestRouter router;
  private final Flow flow;
  private final Consumer<@Nullable Throwable> failed;

  /**
   * @param failed receives the defect that made an answer impossible
   */
  Visits(
      Shared shared,
      Wire wire,
      Replies replies,
      Steps steps,
      Prerequisites prerequisites,
      Joins joins,
      Login login,
      RequestRouter router,
      Flow flow,
      Consumer<@Nullable Throwable> failed) {
    this.shared = shared;
    this.wire = wire;
    this.replies = replies;
    this.steps = steps;
    this.prerequisites = prerequisites;
    this.joins = joins;
    this.login = login;
    this.router = router;
    this.flow = flow;
    this.failed = failed;
  }

  /**
   * Admits a visitor; a refusal ends the session.
   *
   * @param admitted receives the person once admitted
   */
  void come(Visitor visitor, Consumer<Person> admitted) {
    login.visits();
    CompletionStage<Void> needed = shared.people().needs(visitor, wire.address());
    if (needed == null) {
      admit(visitor, admitted);
      return;
    }
    needed.whenComplete(
        (known, failure) ->
            wire.execute(
                () -> {
                  if (!flow.isOver()) {
                    comeAgain(visitor, admitted, failure == null);
                  }
                }));
  }

  private void comeAgain(Visitor visitor, Consumer<Person> admitted, boolean isKnown) {
    try {
      if (isKnown) {
        come(visitor, admitted);
      } else {
        turnAway(Steps.NOT_KNOWN);
      }
    } catch (RuntimeException e) {
      failed.accept(e);
    }
  }

  private void admit(Visitor visitor, Consumer<Person> admitted) {
    Admission admission = shared.people().admit(visitor, wire.address());
    if (admission instanceof Admission.Denied denied) {
      turnAway(denied.why());
      return;
    }
    Person person = ((Admission.Admitted) admission).person();
    String client = person.client() == null ? "" : person.client(); // the nameless cannot post
    Denial late = login.arrive(new Identity(person, client, shared.people().owner(person)));
    if (late != null) {
      turnAway(late);
      return;
    }
    wire.welcomed(person);
    admitted.accept(person);
  }

  private void turnAway(Denial why) {
    if (why.code().isBye()) {
      flow.end(FromServer.Bye.of(why.code(), why.afterMillis(), why.text()));
    } else {
      replies.refuse((String) null, why);
    }
    replies.end();
  }

  /** Answers an admitted visitor's one request, and ends the session. */
  void ask(FromClient request) {
    Identity who = login.identity();
    if (who == null || flow.isOver()) {
      return;
    }
    Consumer<Denial> refuse = denial -> replies.refuse(request, denial);
    RoomName room = Requests.roomOf(request);
    if (room == null && request instanceof FromClient.Search) {
      AllRooms all = new AllRooms(joins, prerequisites, who);
      steps.take(
          new Steps.Step(
              () -> shared.people().mayAsk(who.person(), request) == null ? all.next() : null,
              () -> answer(who, request, all::visit),
              refuse));
    } else {
      boolean makes = request instanceof FromClient.Post;
      steps.take(
          new Steps.Step(
              () -> prerequisites.of(login.identity(), request, room),
              () ->
                  answer(
                      who,
                      request,
                      () ->
                          room == null || room.isPrivate() ? null : joins.visit(who, room, makes)),
              refuse));
    }
    flow.leaveWhenAnswered();
  }

  private interface Entry {

    /** Joins the rooms of a request; returns the reason if that is refused, else null. */
    @Nullable Denial enter();
  }

  private void answer(Identity who, FromClient request, Entry entry) {
    Denial denial = shared.people().mayAsk(who.person(), request);
    if (denial == null) {
      denial = entry.enter();
    }
    if (denial == null) {
      router.serve(who, request);
    } else {
      replies.refuse(request, denial);
    }
  }

  /**
   * Joins an admitted visitor to an existing room to receive its messages. A refusal ends the
   * session.
   *
   * @param before runs before anything of the room is sent, and only if the visitor may join
   */
  void follow(FromClient.Join join, Runnable before) {
    Identity who = login.identity();
    if (who == null || flow.isOver()) {
      return;
    }
    steps.take(
        new Steps.Step(
            prerequisites.ofJoin(login::identity, join),
            () -> {
              Denial denial = shared.people().mayAsk(who.person(), join);
              if (denial == null) {
                denial = joins.follow(who, join, before);
              }
              if (denial != null) {
                replies.refuse(join, denial);
                flow.leave();
              }
            },
            denial -> {
              replies.refuse(join, denial);
              flow.leave();
            }));
    flow.endIfLeaving();
  }
}
