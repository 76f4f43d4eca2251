package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Posters;
import io.chatroom.server.names.Visitor;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.web.Answer;
import io.chatroom.server.web.Responder;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request with one answer, as a short session: begin, ask, end. The answer is sent after the end
 * of the session, as the next request of the connection may follow at once.
 */
final class Visit extends VisitingMember {

  private final Responder to;
  private final Outlet outlet;
  private final Function<FromServer, Answer> form;
  private @Nullable Answer answer;

  /**
   * @param kind made by {@link SessionKind#ofAskers}
   * @param form makes an answer from the requested object
   */
  Visit(
      Responder to,
      Sessions sessions,
      SessionKind kind,
      MemberLog log,
      Function<FromServer, Answer> form) {
    super(to.connection().place().channel(), sessions, kind, log);
    this.to = to;
    this.outlet = new NoOutlet(channel());
    this.form = form;
  }

  /** Begins the session and makes the request; the answer follows later. */
  void ask(Visitor visitor, FromClient request, Posters posters) {
    to.whenGone(() -> execute(this::close)); // the client has gone
    begin(() -> session().come(visitor, person -> ask(person, request, posters)));
  }

  private void ask(Person person, FromClient request, Posters posters) {
    long waitMillis = request instanceof FromClient.Post ? posters.take(person) : 0;
    if (waitMillis > 0) {
      String text = "Too many messages in too short a time; wait a moment.";
      answer = Problem.of(Code.RATE, waitMillis, text).answer();
      session().inputEnded();
    } else {
      session().ask(request);
    }
  }

  @Override
  public void send(List<FromServer> objects) {
    for (FromServer object : objects) {
      if (answer == null) {
        answer = answerOf(object);
      }
    }
  }

  private Answer answerOf(FromServer object) {
    if (object instanceof FromServer.Error error) {
      return Problem.of(error).answer();
    } else if (object instanceof FromServer.Left left) {
      String why = left.text();
      return Problem.of(Code.FORBIDDEN, why == null ? "You were removed from this room." : why)
          .answer();
    }
    return form.apply(object);
  }

  /** Runs the task at once, as there is only one answer. */
  @Override
  public void whenTaken(Runnable task) {
    execute(task);
  }

  @Override
  public void cutOff() {
    execute(() -> end(null));
  }

  @Override
  public void welcomed(Person person) {}

  @Override
  public Outlet outlet() {
    return outlet;
  }

  @Override
  public void end(@Nullable Bye bye) {
    if (answer == null && bye != null) {
      answer = Problem.of(bye).answer();
    }
    execute(this::finish); // deferred, as the session is about to end
  }

  private void finish() {
    if (!isClosed()) {
      close();
      to.answer(
          answer == null
              ? Problem.of(Code.UNAVAILABLE, "The server is about to stop.").answer()
              : answer);
    }
  }
}
