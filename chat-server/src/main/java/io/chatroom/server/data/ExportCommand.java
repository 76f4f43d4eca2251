package io.chatroom.server.data;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Somebody;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoredMessage;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what is stored. */
@Command(
    name = "export",
    description =
        "Prints each message as a line of JSON, in the order in which they were stored, with the"
            + " secrets of clients in them. A server may run. With --of it prints all that is"
            + " stored about somebody, also what the server remembers besides messages.")
final class ExportCommand extends DataCommand {

  @Option(names = "--room", paramLabel = "ROOM", description = "only this room")
  private @Nullable String room;

  @Option(
      names = "--of",
      paramLabel = "NAME",
      description = "only what was said or done by somebody who has this name, or to them")
  private @Nullable String of;

  @Override
  public Integer call() throws IOException {
    String name = of;
    if (name == null) {
      StoreExport.read(directory(), room, message -> out().println(MessageJson.write(message)));
      return 0;
    }
    List<Fact> facts = room == null ? StoreExport.facts(directory()) : List.of();
    Somebody person = new Somebody(new Named(name)::isMeant, facts);
    StoreExport.read(
        directory(),
        room,
        message -> {
          if (isAbout(person, message)) {
            out().println(MessageJson.write(message));
          }
        });
    facts.stream().filter(person::isIn).forEach(fact -> out().println(MessageJson.write(fact)));
    return 0;
  }

  private static boolean isAbout(Somebody person, StoredMessage message) {
    String target = RoomEvent.DELETED.equals(message.kind()) ? null : message.target();
    return person.hasName(message.from()) || (target != null && person.hasName(target));
  }
}
