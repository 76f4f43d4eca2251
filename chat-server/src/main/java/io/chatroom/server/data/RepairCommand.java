package io.chatroom.server.data;

import io.chatroom.server.log.shared.SharedTools;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Saves what is readable, and begins new epochs. */
@Command(
    name = "repair",
    description =
        "Makes a new database of all that can be read of a damaged one; one that is sound stays as"
            + " it is. Rooms have new epochs then, so clients know. In a database (--store) it does only"
            + " that, as after a restore. No server may run.")
final class RepairCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreAddress store = store();
    if (store != null) {
      out()
          .printf(
              "%d rooms have new epochs; what is damaged in a database, its own tools repair%n",
              SharedTools.renewEpochs(store));
      return 0;
    }
    out().println(StoreTools.repair(directory(), System.currentTimeMillis()));
    return 0;
  }
}
