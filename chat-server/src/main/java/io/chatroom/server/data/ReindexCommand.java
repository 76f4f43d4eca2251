package io.chatroom.server.data;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.search.Connections;
import io.chatroom.server.search.Reindexing;
import io.chatroom.server.search.SharedSearch;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Locale;
import picocli.CommandLine.Command;

/** Makes the index for searches anew. */
@Command(
    name = "reindex",
    description =
        "Makes the index for searches anew. No server may run; one that runs does the same by"
            + " itself when it finds the index damaged or missing. That of a database (--store) a"
            + " server makes anew, also one that runs.")
final class ReindexCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreAddress store = store();
    if (store != null) {
      try (SharedDatabase database = SharedDatabase.openExisting(store)) {
        SharedSearch.discard(new Connections(database::take, SharedDatabase::words));
      }
      out().println("the index is gone; a server that runs, or starts, makes it anew");
      return 0;
    }
    StoreTools.requireStore(directory());
    long began = System.nanoTime();
    try (StoredLogs logs =
        StoredLogs.open(directory(), Retention.FOREVER, InstantSource.system())) {
      Reindexing.Done done = Reindexing.of(directory(), logs.journal());
      out()
          .printf(
              Locale.ROOT,
              "indexed %d messages in %.1f s, %.1f MB%n",
              done.messages(),
              (System.nanoTime() - began) / 1e9,
              done.bytes() / 1e6);
    }
    return 0;
  }
}
