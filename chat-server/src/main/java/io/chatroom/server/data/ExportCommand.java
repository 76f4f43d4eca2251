package io.chatroom.server.data;

import io.chatroom.server.log.store.StoreExport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints what is stored. */
@Command(
    name = "export",
    description =
        "Prints each message as a line of JSON, in the order in which they were stored, with the"
            + " secrets of clients in them. A server may run.")
final class ExportCommand extends DataCommand {

  @Option(names = "--room", paramLabel = "ROOM", description = "only this room")
  private @Nullable String room;

  @Override
  public Integer call() throws IOException {
    StoreExport.read(directory(), room, message -> out().println(MessageJson.write(message)));
    return 0;
  }
}
