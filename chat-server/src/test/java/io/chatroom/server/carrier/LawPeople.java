package io.chatroom.server.carrier;

import io.chatroom.protocol.session.RoomName;
import io.chatroom.server.names.Blocks;
import io.chatroom.server.names.Denial;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.People;
import io.chatroom.server.names.Person;
import io.chatroom.server.names.ReadMarks;
import org.jspecify.annotations.Nullable;

/** Permissions in which everybody but guests can delete others' messages. */
final class LawPeople extends People {

  static final String GUEST = "guest";

  LawPeople() {}

  LawPeople(Owners owners, Blocks blocks, ReadMarks marks) {
    super(owners, blocks, marks);
  }

  @Override
  public @Nullable Denial mayDelete(
      Person person, RoomName room, String author, boolean authorOwned, long atMillis) {
    return person.name().equals(GUEST)
        ? super.mayDelete(person, room, author, authorOwned, atMillis)
        : null;
  }
}
