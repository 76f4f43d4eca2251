package io.chatroom.server.api;

import io.chatroom.protocol.session.Code;
import io.chatroom.protocol.session.Entry;
import io.chatroom.protocol.session.FromClient;
import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.FromServer.Bye;
import io.chatroom.server.front.MemberLog;
import io.chatroom.server.log.Position;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.Visitor;
import io.chatroom.server.room.Outlet;
import io.chatroom.server.room.Pieces;
import io.chatroom.server.session.SessionKind;
import io.chatroom.server.session.Sessions;
import io.chatroom.server.transport.Abort;
import io.chatroom.server.web.Responder;
import io.chatroom.server.web.Stream;
import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A member that receives a room as an event stream, until its connection or its session ends.
 * Messages go to its outlet as bytes that all followers share.
 */
final class Follower extends VisitingMember {

  private static final Map<String, String> HEADERS =
      Map.of(
          "content-type", "text/event-stream",
          "x-accel-buffering", "no"); // else nginx would buffer the stream

  /** The delay, in milliseconds, after which a browser reconnects. */
  private static final String RETRY = "retry: 1000\n";

  private static final String COMMENT = ":\n\n";

  private final Responder to;
  private final Sessions sessions;
  private @Nullable Stream stream;
  private @Nullable Outlet outlet;
  private @Nullable Future<?> comments;
  private @Nullable Problem problem;
  private String epoch = "";
  private boolean ending;

  /**
   * @param kind made by {@link SessionKind#ofListeners}, with {@link EventFraming}
   */
  Follower(Responder to, Sessions sessions, SessionKind kind, MemberLog log) {
    super(to.connection().place().channel(), sessions, kind, log);
    this.to = to;
    this.sessions = sessions;
  }

  /** Begins a session and joins a room. */
  void follow(Visitor visitor, FromClient.Join join) {
    to.whenGone(() -> execute(this::gone)); // the client has gone
    begin(() -> session().come(visitor, person -> session().follow(join, this::beginStream)));
  }

  private void beginStream() {
    Stream begun = to.stream(HEADERS);
    stream = begun;
    // The outlet is used only after the head of the answer, which does not go through it. If only
    // the head is wanted, nothing follows it.
    outlet = begun.isOver() ? new NoOutlet(channel()) : to.connection().outlet();
    send(RETRY);
    to.whenGone(() -> execute(this::gone)); // deferred, as it joins the room first
    long seconds = sessions.terms().pingSeconds();
    comments =
        channel()
            .eventLoop()
            .scheduleWithFixedDelay(this::comment, seconds, seconds, TimeUnit.SECONDS);
  }

  /**
   * Sends a comment, so that proxies do not close an idle stream. Skips clients that do not read.
   */
  private void comment() {
    if (!ending && outlet().hasTakenAll()) {
      send(COMMENT);
    }
  }

  private void gone() {
    ending = true;
    if (comments != null) {
      comments.cancel(false);
    }
    sessions.unread().taken(this);
    close();
  }

  // ---- Wire

  @Override
  public void send(List<FromServer> objects) {
    if (stream == null) {
      for (FromServer object : objects) {
        if (object instanceof FromServer.Error error) {
          problem = Problem.of(error);
        }
      }
      return;
    }
    ByteBuf out = channel().alloc().directBuffer();
    try {
      for (FromServer object : objects) {
        write(object, out);
      }
      send(out);
    } finally {
      out.release();
    }
  }

  private void write(FromServer object, ByteBuf out) {
    if (object instanceof FromServer.Left left) {
      String why = left.text();
      execute(
          () ->
              session()
                  .end(
                      Bye.of(
                          Code.KICKED,
                          null,
                          why == null ? "You were removed from this room." : why)));
    } else if (object instanceof FromServer.Error error) {
      execute(
          () ->
              session().end(new Bye(error.code(), error.act(), error.afterMillis(), error.text())));
    } else if (object instanceof FromServer.Joined joined) {
      epoch = joined.epoch();
      Position at = session().position(joined.room());
      EventFraming.write(object, at == null ? null : epoch + ":" + at.seq(), out);
    } else {
      String id = object instanceof Entry entry ? epoch + ":" + entry.seq() : null;
      EventFraming.write(object, id, out);
    }
  }

  private void send(String ascii) {
    ByteBuf out = channel().alloc().directBuffer();
    try {
      EventFraming.ascii(ascii, out);
      send(out);
    } finally {
      out.release();
    }
  }

  /** Sends bytes after all earlier ones; does not release them. */
  private void send(ByteBuf bytes) {
    Pieces pieces = new Pieces();
    pieces.add(bytes, bytes.readerIndex(), bytes.writerIndex());
    try {
      outlet().send(pieces);
      if (!outlet().hasTakenAll() && sessions.unread().add(this, bytes.readableBytes())) {
        outlet().taken().addListener(taken -> sessions.unread().taken(this));
      }
    } finally {
      pieces.clear();
    }
  }

  @Override
  public void whenTaken(Runnable task) {
    if (outlet().hasTakenAll()) {
      execute(task);
    } else {
      outlet()
          .taken()
          .addListener(
              taken -> {
                if (taken.isSuccess()) {
                  task.run();
                }
              });
    }
  }

  @Override
  public void cutOff() {
    execute(() -> Abort.close(channel()));
  }

  @Override
  public void welcomed(Person person) {}

  @Override
  public Outlet outlet() {
    if (outlet == null) {
      throw new IllegalStateException("it has not joined a room yet");
    }
    return outlet;
  }

  @Override
  public void end(@Nullable Bye bye) {
    if (ending) {
      return;
    }
    ending = true;
    if (stream == null) {
      if (problem == null && bye != null) {
        problem = Problem.of(bye);
      }
      execute(this::refuse); // deferred, as the session is about to end
      return;
    }
    if (bye != null) {
      ByteBuf out = channel().alloc().directBuffer();
      try {
        if (bye.afterMillis() != null) {
          EventFraming.ascii("retry: " + bye.afterMillis() + "\n", out);
        }
        EventFraming.write(bye, null, out);
        send(out);
      } finally {
        out.release();
      }
    }
    stream.end();
  }

  private void refuse() {
    close();
    to.answer(
        (problem == null ? Problem.of(Code.UNAVAILABLE, "The server is about to stop.") : problem)
            .answer());
  }
}
