package io.chatroom.server.data;

import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.StoreCount;
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

/** Rebuilds the search index. */
@Command(
    name = "reindex",
    description =
        "Rebuilds the search index. No server may be running; a server rebuilds a damaged or"
            + " missing index by itself. For a database (--store) this deletes the index, and a"
            + " server rebuilds it, even one that is running.")
final class ReindexCommand extends DataCommand {

  @Override
  public Integer call() throws IOException {
    StoreAddress store = store();
    if (store != null) {
      try (SharedDatabase database = SharedDatabase.openExisting(store)) {
        SharedSearch.discard(new Connections(database::take, SharedDatabase::words));
      }
      out().println("the index is deleted; a server that is running, or the next one, rebuilds it");
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
              "indexed %s in %.1f s, %.1f MB%n",
              StoreCount.number(done.messages(), "message"),
              (System.nanoTime() - began) / 1e9,
              done.bytes() / 1e6);
    }
    return 0;
  }
}
