package io.chatroom.server.session;

import io.chatroom.protocol.session.FromServer;
import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Attendee;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Person;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A session as moderators reach it. Thread-safe. */
final class Guest implements Attendee {

  private volatile Person person;
  private final Executor loop;
  private final Consumer<FromServer.Bye> end;
  private final BiConsumer<RoomName, String> removeFrom;

  /**
   * @param loop the session's event loop
   * @param end ends the session
   * @param removeFrom makes it leave a room, with a sentence for people
   */
  Guest(
      Person person,
      Executor loop,
      Consumer<FromServer.Bye> end,
      BiConsumer<RoomName, String> removeFrom) {
    this.person = person;
    this.loop = loop;
    this.end = end;
    this.removeFrom = removeFrom;
  }

  /** The person has claimed the name. */
  void becomes(Person now) {
    person = now;
  }

  @Override
  public Person person() {
    return person;
  }

  @Override
  public void disconnect(Denial why) {
    FromServer.Bye bye = FromServer.Bye.of(why.code(), why.afterMillis(), why.text());
    loop.execute(() -> end.accept(bye));
  }

  @Override
  public void removeFrom(RoomName room, String text) {
    loop.execute(() -> removeFrom.accept(room, text));
  }
}
