package io.chatroom.server.data;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.facts.Somebody;
import io.chatroom.server.log.Post;
import io.chatroom.server.log.RoomEvent;
import io.chatroom.server.log.shared.SharedExport;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.CopiedMessage;
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
        "Prints each message as a line of JSON, in the order of storing. The lines contain the"
            + " secrets of clients. With --of it prints everything that is stored about a person,"
            + " messages and other data. A server can be running.")
final class ExportCommand extends DataCommand {

  @Option(names = "--room", paramLabel = "ROOM", description = "only this room")
  private @Nullable String room;

  @Option(
      names = "--of",
      paramLabel = "NAME",
      description = "only what is stored about the person with this name")
  private @Nullable String of;

  @Override
  public Integer call() throws IOException {
    String name = of;
    if (name == null) {
      read(message -> out().println(MessageJson.write(message)));
      return 0;
    }
    List<Fact> facts = room == null ? facts(null) : List.of();
    Somebody person = new Somebody(new Named(name)::isMeant, facts);
    read(
        message -> {
          if (isAbout(person, message)) {
            out().println(MessageJson.write(message));
          }
        });
    facts.stream().filter(person::isIn).forEach(fact -> out().println(MessageJson.write(fact)));
    return 0;
  }

  private void read(StoreExport.Sink sink) throws IOException {
    StoreAddress store = store();
    if (store == null) {
      StoreExport.read(directory(), room, sink);
    } else {
      SharedExport.read(store, room, (name, message) -> sink.take(stored(name, message)));
    }
  }

  private static StoredMessage stored(String room, CopiedMessage message) {
    Post post = message.detail() instanceof Post it ? it : null;
    RoomEvent event = message.detail() instanceof RoomEvent it ? it : null;
    return new StoredMessage(
        room,
        message.seq(),
        message.at(),
        message.author(),
        message.text(),
        post == null ? null : post.client(),
        post == null ? null : post.id(),
        post == null ? 0 : post.replyTo(),
        event == null ? null : event.kind(),
        event == null ? null : event.target(),
        post != null && post.owned());
  }

  private static boolean isAbout(Somebody person, StoredMessage message) {
    String target = RoomEvent.DELETED.equals(message.kind()) ? null : message.target();
    return person.hasName(message.from()) || (target != null && person.hasName(target));
  }
}
