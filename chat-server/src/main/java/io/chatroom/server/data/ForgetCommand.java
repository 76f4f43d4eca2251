package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedForget;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.Forgetting;
import io.chatroom.server.log.sql.StoreCount;
import io.chatroom.server.log.store.StoreForget;
import io.chatroom.server.names.Audit;
import io.chatroom.server.names.NamesInUse;
import io.chatroom.server.search.Connections;
import io.chatroom.server.search.Reindexing;
import io.chatroom.server.search.SharedSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forgets a person. */
@Command(
    name = "forget",
    description =
        "Deletes the messages of a person, in all rooms, and everything else that the server keeps"
            + " about them. Deleted content is overwritten; in a database this takes time. Backups"
            + " and exports are not changed. No server may be running.")
final class ForgetCommand extends DataCommand {

  @Parameters(index = "1", paramLabel = "NAME", description = "the name, in any spelling")
  private String name = "";

  @Option(
      names = "--rename",
      paramLabel = "NEW",
      description = "keep the messages, under this name")
  private @Nullable String rename;

  @Override
  public Integer call() throws IOException {
    String to = rename;
    String fault = to == null ? null : NamesInUse.faultOf(to);
    if (fault != null) {
      throw new IOException("--rename is not possible: " + fault);
    }
    Named person = new Named(name);
    StoreAddress address = store();
    if (address != null) {
      forget(person, address);
      return 0;
    }
    try (StoreForget store = StoreForget.open(directory())) {
      Reindexing.discard(directory()); // it has the person's words and name
      long now = System.currentTimeMillis();
      Forgetting.Done done =
          to == null
              ? store.forget(
                  person, now, all -> Audit.forgets(all, now, "forget", Forgetting.FORGOTTEN))
              : store.rename(person, to, all -> Audit.forgets(all, now, "rename", to));
      tell(done, "the server rebuilds the search index when it starts");
    }
    leftovers()
        .forEach(
            file ->
                out()
                    .printf(
                        "%s, left by a repair, may still have this data; delete it once you no"
                            + " longer need it%n",
                        VisibleText.of(file.toString())));
    return 0;
  }

  private void forget(Named person, StoreAddress address) throws IOException {
    String to = rename;
    try (SharedDatabase database = SharedDatabase.openExisting(address)) {
      SharedSearch.discard(
          new Connections(database::take, SharedDatabase::words)); // it has the person's words
    }
    long now = System.currentTimeMillis();
    Forgetting.Done done =
        to == null
            ? SharedForget.forget(
                address,
                person,
                now,
                all -> Audit.forgets(all, now, "forget", Forgetting.FORGOTTEN))
            : SharedForget.rename(
                address, person, to, all -> Audit.forgets(all, now, "rename", to));
    tell(
        done,
        "servers rebuild the search index when they start; the database's files, log and backups"
            + " keep the old content until they are overwritten or deleted");
  }

  private void tell(Forgetting.Done done, String besides) {
    out()
        .printf(
            "%s %s, %s changed, %s deleted; %s%n",
            StoreCount.number(done.messages(), "message"),
            rename == null ? "deleted" : "given to " + VisibleText.of(rename),
            StoreCount.number(done.events(), "event"),
            StoreCount.number(done.facts(), "fact"),
            besides);
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory())) {
      return files
          .filter(file -> String.valueOf(file.getFileName()).startsWith("log.db.damaged-"))
          .sorted()
          .toList();
    }
  }
}
