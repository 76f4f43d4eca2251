package io.chatroom.server.data;

import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies a store. */
@Command(
    name = "backup",
    description =
        "Copies all that rooms keep into a new file, as it is at one moment. A server may run. To"
            + " restore it, make it the file log.db of an empty directory.")
final class BackupCommand extends DataCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "a file that is not there yet")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    StoreTools.backup(directory(), file);
    return 0;
  }

  @Override
  String withStore() {
    return "a database has its own backups: pg_dump --format=custom writes one while servers run;"
        + " pg_restore brings it into a new database, and chat-server repair URL gives rooms new"
        + " epochs there";
  }
}
