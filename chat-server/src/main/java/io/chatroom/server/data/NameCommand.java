package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.control.ControlSocket;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.StoredOwners;
import io.chatroom.system.NativePath;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Manages owned names. */
@Command(
    name = "name",
    mixinStandardHelpOptions = true,
    description = "Manages owned names.",
    subcommands = {NameCommand.All.class, NameCommand.Free.class})
final class NameCommand {

  /** Lists owned names. */
  @Command(
      name = "list",
      description =
          "Prints each owned name, the number of devices that have a token for it, and the day of"
              + " its last use. A server can be running.")
  static final class All extends DataCommand {

    @Override
    public Integer call() throws IOException {
      List<StoredOwners.Listed> names;
      try {
        names = StoredOwners.list(facts(StoredOwners.factsKind()));
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
      for (StoredOwners.Listed name : names) {
        out().printf("%s\t%d\t%s%n", VisibleText.of(name.name()), name.devices(), name.lastUsed());
      }
      return 0;
    }
  }

  /** Frees an owned name. */
  @Command(
      name = "free",
      description =
          "Frees a name whose owner has lost all tokens, so that it can be claimed again. A server"
              + " can be running.")
  static final class Free extends DataCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name, in any spelling")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      StoreAddress store = store();
      if (store != null) {
        GuardCommand.runInDatabase(store, List.of("name", "free", name)).forEach(out()::println);
        return 0;
      }
      Optional<List<String>> answer = ControlSocket.ask(directory(), List.of("name", "free", name));
      if (answer.isPresent()) {
        answer.get().forEach(out()::println);
        return 0;
      }
      StoreTools.requireStore(directory());
      InstantSource clock = InstantSource.system();
      try (StoredLogs logs = StoredLogs.open(directory(), Retention.FOREVER, clock)) {
        if (!GuardCommands.free(logs.facts(), clock, name)) {
          throw new IOException(
              "nobody owns the name "
                  + VisibleText.of(name)
                  + " in "
                  + NativePath.show(directory())
                  + "; see name list");
        }
      }
      out().println(VisibleText.of(name) + " is free");
      return 0;
    }
  }
}
