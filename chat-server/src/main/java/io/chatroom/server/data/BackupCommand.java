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
        "Copies everything, as it is at one moment, into a new file. A server can be running. To"
            + " restore a backup, make it the file log.db of an empty directory.")
final class BackupCommand extends DataCommand {

  @Parameters(index = "1", paramLabel = "FILE", description = "the backup; must not exist yet")
  private Path file = Path.of("");

  @Override
  public Integer call() throws IOException {
    StoreTools.backup(directory(), file);
    return 0;
  }

  @Override
  String withStore() {
    return "a database has its own backups: pg_dump --format=custom makes one while servers run;"
        + " restore it into a new database with pg_restore, then run chat-server repair URL, which"
        + " gives rooms new epochs";
  }
}
