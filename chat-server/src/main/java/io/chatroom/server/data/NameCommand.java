package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Owners;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Names that belong to somebody. */
@Command(
    name = "name",
    mixinStandardHelpOptions = true,
    description = "Names that belong to somebody.",
    subcommands = {NameCommand.All.class, NameCommand.Free.class})
final class NameCommand {

  /** Says which there are. */
  @Command(
      name = "list",
      description =
          "Prints each owned name, how many devices have a token of it, and the day of its last"
              + " use. A server may run.")
  static final class All extends DataCommand {

    @Override
    public Integer call() throws IOException {
      List<Owners.Listed> names;
      try {
        names = Owners.list(StoreTools.facts(directory(), Owners.factsKind()));
      } catch (IllegalArgumentException e) {
        throw new IOException(e.getMessage(), e);
      }
      for (Owners.Listed name : names) {
        out().printf("%s\t%d\t%s%n", VisibleText.of(name.name()), name.devices(), name.lastUsed());
      }
      return 0;
    }
  }

  /** Takes one from its owner. */
  @Command(
      name = "free",
      description =
          "Takes a name from its owner, whose tokens are lost, so that it can be claimed again."
              + " Sessions that have it are ended. A server may run.")
  static final class Free extends GuardCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name, in any case")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("name", "free", name));
    }

    /** What is kept of a name may be damaged, which this mends: so names are not all read. */
    @Override
    List<String> runHere(Facts facts, InstantSource clock, List<String> words) throws IOException {
      return GuardCommands.free(facts, name, clock.millis());
    }
  }
}
