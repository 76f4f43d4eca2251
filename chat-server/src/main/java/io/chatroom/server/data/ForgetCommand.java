package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedForget;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.sql.Forgetting;
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
        "Deletes what somebody wrote, in all rooms, and what the server remembers about them. What"
            + " was deleted is overwritten, in a database by and by. Backups and exports keep what they have. No server may"
            + " run.")
final class ForgetCommand extends DataCommand {

  @Parameters(index = "1", paramLabel = "NAME", description = "the name, however it is written")
  private String name = "";

  @Option(
      names = "--rename",
      paramLabel = "NEW",
      description = "keep what they wrote, under this name")
  private @Nullable String rename;

  @Override
  public Integer call() throws IOException {
    String to = rename;
    String fault = to == null ? null : NamesInUse.faultOf(to);
    if (fault != null) {
      throw new IOException("--rename cannot be done: " + fault);
    }
    Named person = new Named(name);
    StoreAddress address = store();
    if (address != null) {
      forget(person, address);
      return 0;
    }
    try (StoreForget store = StoreForget.open(directory())) {
      Reindexing.discard(directory()); // it contains the words, and the name
      long now = System.currentTimeMillis();
      Forgetting.Done done =
          to == null
              ? store.forget(
                  person, now, all -> Audit.forgets(all, now, "forget", Forgetting.FORGOTTEN))
              : store.rename(person, to, all -> Audit.forgets(all, now, "rename", to));
      tell(done, "the server makes the index for searches anew when it starts");
    }
    leftovers()
        .forEach(
            file ->
                out()
                    .printf(
                        "%s still has what a repair found; delete it once you do not need it%n",
                        VisibleText.of(file.toString())));
    return 0;
  }

  private void forget(Named person, StoreAddress address) throws IOException {
    String to = rename;
    try (SharedDatabase database = SharedDatabase.openExisting(address)) {
      SharedSearch.discard(
          new Connections(database::take, SharedDatabase::words)); // it has the words
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
        "servers make the index for searches anew when they start, and what the database's files,"
            + " log and backups had remains there until they are overwritten or deleted");
  }

  private void tell(Forgetting.Done done, String besides) {
    out()
        .printf(
            "%d messages %s, %d events have another name, %d facts are forgotten; %s%n",
            done.messages(),
            rename == null ? "are deleted" : "are by " + VisibleText.of(rename) + " now",
            done.events(),
            done.facts(),
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
