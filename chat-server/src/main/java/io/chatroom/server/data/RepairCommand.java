package io.chatroom.server.data;

import io.chatroom.server.log.shared.SharedTools;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Saves everything readable and begins new epochs. */
@Command(
    name = "repair",
    description =
        "Makes a new database from all that can be read of a damaged one; a sound one stays"
            + " unchanged. Gives rooms new epochs, which tell clients that it is another log. For a"
            + " database (--store) it does only that; use it after a restore. No server may be"
            + " running.")
final class RepairCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreAddress store = store();
    if (store != null) {
      out()
          .printf(
              "gave new epochs to %s; use the database's own tools to repair damage%n",
              StoreCount.rooms(SharedTools.renewEpochs(store)));
      return 0;
    }
    out().println(StoreTools.repair(directory(), System.currentTimeMillis()));
    return 0;
  }
}
