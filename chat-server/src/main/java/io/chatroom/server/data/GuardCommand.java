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
 * Moderation from the command line. A running server performs it and removes the people concerned
 * at once. If none runs, the command changes the store.
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

  /** Changes the store; running servers are notified as of a change by another server. */
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

  /** Manages the operators of the server. */
  @Command(
      name = "operator",
      mixinStandardHelpOptions = true,
      description = "Manages the operators, who moderate the whole server.",
      subcommands = {Add.class, Remove.class, Operators.class})
  static final class Operator {}

  /** Makes an operator. */
  @Command(
      name = "add",
      description =
          "Makes the owner of a name an operator. A name that nobody owns gets a token, which is"
              + " printed once. A server can be running.")
  static final class Add extends GuardCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("operator", "add", name));
    }
  }

  /** Removes an operator. */
  @Command(
      name = "remove",
      description = "Removes an operator, who keeps the name. A server can be running.")
  static final class Remove extends GuardCommand {

    @Parameters(index = "1", paramLabel = "NAME", description = "the name")
    private String name = "";

    @Override
    public Integer call() throws IOException {
      return run(List.of("operator", "remove", name));
    }
  }

  /** Lists the operators. */
  @Command(
      name = "list",
      description = "Prints the names of the operators. A server can be running.")
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
          "Removes a person from the whole server and keeps them out. A server can be running.")
  static final class Ban extends GuardCommand {

    @Parameters(
        index = "1",
        paramLabel = "TARGET",
        description = "a name, or address:192.0.2.7, or address:2001:db8::/48")
    private String target = "";

    @Option(
        names = "--seconds",
        paramLabel = "N",
        description = "duration of the ban (default: until unban)")
    private long seconds;

    @Option(names = "--address", description = "ban the addresses that the person has now, too")
    private boolean address;

    @Option(
        names = "--why",
        paramLabel = "TEXT",
        description = "the reason, shown to the person and kept in the audit log")
    private String why = "";

    @Override
    public Integer call() throws IOException {
      if (address && store() != null) {
        throw new IOException(
            "--address needs a data directory, as a database does not know who is connected; ban"
                + " the address itself, such as address:192.0.2.7");
      }
      return run(List.of("ban", target, "" + seconds, "" + address, why));
    }
  }

  /** Lifts a ban. */
  @Command(name = "unban", description = "Lifts a ban. A server can be running.")
  static final class Unban extends GuardCommand {

    @Parameters(index = "1", paramLabel = "TARGET", description = "the target, as it was banned")
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
          "Prints each ban: target, room (* is the whole server), end, who set it, and why. A server"
              + " can be running.")
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
          "Prints the acts of moderation: time, who acted, action, room (* is the whole server),"
              + " target, duration in seconds, and why. A server can be running.")
  static final class AuditLog extends DataCommand {

    @Option(
        names = "--since",
        paramLabel = "DAY",
        description = "only since this day (2026-11-26, UTC) or time (2026-11-26T10:00:00Z)")
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
