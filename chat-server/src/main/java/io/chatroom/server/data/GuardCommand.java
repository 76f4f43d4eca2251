package io.chatroom.server.data;

import io.chatroom.protocol.VisibleText;
import io.chatroom.server.control.ControlSocket;
import io.chatroom.server.facts.Facts;
import io.chatroom.server.log.shared.SharedDatabase;
import io.chatroom.server.log.shared.SharedFacts;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.Retention;
import io.chatroom.server.log.store.StoreTools;
import io.chatroom.server.log.store.StoredLogs;
import io.chatroom.server.names.Audit;
import io.chatroom.server.names.Guard;
import io.chatroom.server.names.GuardCommands;
import io.chatroom.server.names.Owners;
import io.chatroom.server.names.StoredOwners;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Moderation from the command line. A running server performs it, and removes the people concerned
 * at once; if none runs, the command changes the store.
 */
abstract class GuardCommand extends DataCommand {

  final Integer run(List<String> words) throws IOException {
    StoreAddress store = store();
    if (store != null) {
      runInDatabase(store, words).forEach(out()::println);
      return 0;
    }
    Optional<List<String>> answer = ControlSocket.ask(directory(), words);
    List<String> lines = answer.isPresent() ? answer.get() : runHere(words);
    lines.forEach(out()::println);
    return 0;
  }

  /** Running servers hear of it like of a change by another server. */
  static List<String> runInDatabase(StoreAddress store, List<String> words) throws IOException {
    try (SharedDatabase database = SharedDatabase.openExisting(store);
        SharedFacts facts = SharedFacts.open(database)) {
      return commands(facts).run(words);
    }
  }

  private static GuardCommands commands(Facts facts) throws IOException {
    InstantSource clock = InstantSource.system();
    Owners owners = Owners.open(facts, clock, System::nanoTime, 0);
    return new GuardCommands(Guard.open(facts, clock, owners), owners);
  }

  private List<String> runHere(List<String> words) throws IOException {
    StoreTools.requireStore(directory());
    try (StoredLogs logs =
        StoredLogs.open(directory(), Retention.FOREVER, InstantSource.system())) {
      return commands(logs.facts()).run(words);
    }
  }

  /** The operators of the server. */
  @Command(
      name = "operator",
      mixinStandardHelpOptions = true,
      description = "Who keeps order in the whole server.",
      subcommands = {Add.class, Remove.class, Operators.class})
  static final class Operator {}

  /** Makes an operator. */
  @Command(
      name = "add",
      description =
          "Makes the owner of a name an operator. A name that nobody owns gets a token, which is"
              + " printed once. A server may run.")
  static final class Add extends GuardCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("operator", "add", name));
    }
  }

  /** Takes that back. */
  @Command(
      name = "remove",
      description =
          "Makes an operator none any more. The name stays its owner's. A server may run.")
  static final class Remove extends GuardCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("operator", "remove", name));
    }
  }

  /** Lists the operators. */
  @Command(name = "list", description = "Prints each operator's name. A server may run.")
  static final class Operators extends DataCommand {

    @Override
    public Integer call() throws IOException {
      GuardCommands.operators(facts(GuardCommands.factsKind()), facts(StoredOwners.factsKind()))
          .forEach(out()::println);
      return 0;
    }
  }

  /** Bans a person. */
  @Command(
      name = "ban",
      description =
          "Puts somebody out of the whole server, who may not come back. A server may run.")
  static final class Ban extends GuardCommand {

    @Parameters(
        index = "1",
        paramLabel = "TARGET",
        description = "a name, or address:192.0.2.7, or address:2001:db8::/48")
    private String target = "";

    @Option(
        names = "--seconds",
        paramLabel = "N",
        description = "for so long (default: until unban)")
    private long seconds;

    @Option(
        names = "--address",
        description = "the addresses, too, that somebody with this name has now")
    private boolean address;

    @Option(
        names = "--why",
        paramLabel = "TEXT",
        description = "a reason, which it is told and the audit log keeps")
    private String why = "";

    @Override
    public Integer call() throws IOException {
      if (address && store() != null) {
        throw new IOException(
            "--address needs a server that knows who is here, and this is a database; ban the"
                + " address itself, such as address:192.0.2.7");
      }
      return run(List.of("ban", target, "" + seconds, "" + address, why));
    }
  }

  /** Takes that back. */
  @Command(name = "unban", description = "Lets somebody in again. A server may run.")
  static final class Unban extends GuardCommand {

    @Parameters(index = "1", paramLabel = "TARGET", description = "as it was banned")
    private String target = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("unban", target));
    }
  }

  /** Lists the bans. */
  @Command(
      name = "bans",
      description =
          "Prints who is banned, where (* is the whole server), until when, by whom and why. A"
              + " server may run.")
  static final class Bans extends DataCommand {

    @Override
    public Integer call() throws IOException {
      GuardCommands.bans(facts(GuardCommands.factsKind()), System.currentTimeMillis())
          .forEach(out()::println);
      return 0;
    }
  }

  /** Prints the audit log. */
  @Command(
      name = "audit",
      description =
          "Prints what was done to keep order: when, by whom, what, in which room (* is the whole"
              + " server), to whom, for how many seconds, why. A server may run.")
  static final class AuditLog extends DataCommand {

    @Option(
        names = "--since",
        paramLabel = "DAY",
        description = "only from this day (2026-11-26, UTC) or time (2026-11-26T10:00:00Z) on")
    private @Nullable String since;

    @Override
    public Integer call() throws IOException {
      Audit.lines(facts(Audit.factsKind()), millis(since)).forEach(out()::println);
      return 0;
    }

    private static long millis(@Nullable String text) throws IOException {
      if (text == null) {
        return 0;
      }
      try {
        return text.contains("T")
            ? Instant.parse(text).toEpochMilli()
            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toEpochMilli();
      } catch (DateTimeException e) {
        throw new IOException(
            "--since is \""
                + VisibleText.of(text)
                + "\", expected a day such as 2026-11-26 or a time such as 2026-11-26T10:00:00Z",
            e);
      }
    }
  }
}
