package io.chatroom.server.data;

import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Saves what can be read, and tells clients that it is another log. */
@Command(
    name = "repair",
    description =
        "Makes a new database of all that can be read of a damaged one; one that is sound stays as"
            + " it is. Rooms have new epochs then, so clients know. No server may run.")
final class RepairCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    out().println(StoreTools.repair(directory(), System.currentTimeMillis()));
    return 0;
  }
}
