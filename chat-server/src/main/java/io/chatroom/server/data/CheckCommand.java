package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import picocli.CommandLine.Command;

/** Looks whether a store is sound. */
@Command(
    name = "check",
    description =
        "Reads all that rooms keep and says whether it is sound; 1 if it is not. A server may run.")
final class CheckCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreTools.Found found = StoreTools.check(directory());
    out().printf("%d messages in %d rooms%n", found.messages(), found.rooms());
    found.faults().forEach(fault -> out().println(VisibleText.of(fault)));
    out().println(found.faults().isEmpty() ? "sound" : "damaged; see repair, or restore a backup");
    return found.faults().isEmpty() ? 0 : 1;
  }
}
