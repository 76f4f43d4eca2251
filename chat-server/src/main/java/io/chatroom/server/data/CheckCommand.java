package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.shared.SharedTools;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;

/** Checks whether a store is intact. */
@Command(
    name = "check",
    description =
        "Reads everything and reports damage; exit code 1 if there is any. A server can be running.")
final class CheckCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreAddress store = store();
    if (store != null) {
      SharedTools.Found found = SharedTools.check(store);
      return tell(
          found.count().messages(),
          found.count().rooms(),
          found.faults(),
          "damaged; restore a backup of the database");
    }
    StoreTools.Found found = StoreTools.check(directory());
    return tell(
        found.messages(),
        found.rooms(),
        found.faults(),
        "damaged; see repair, or restore a backup");
  }

  private int tell(long messages, long rooms, List<String> faults, String damaged) {
    out().println(StoreCount.messages(messages, rooms));
    faults.forEach(fault -> out().println(VisibleText.of(fault)));
    out().println(faults.isEmpty() ? "sound" : damaged);
    return faults.isEmpty() ? 0 : 1;
  }
}
