package io.chatroom.server.data;

import io.chatroom.server.facts.Fact;
import io.chatroom.server.log.shared.SharedExport;
import io.chatroom.server.log.shared.StoreAddress;
import io.chatroom.server.log.store.StoreExport;
import io.chatroom.server.log.store.StoreTools;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command about the data of one server, or of several that share a database. */
@Command(mixinStandardHelpOptions = true)
public abstract class DataCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      index = "0",
      paramLabel = "DIR|URL",
      description = "the server's --data or --store; - is CHAT_STORE or CHAT_DATA")
  private Place place = Place.none();

  DataCommand() {}

  /** All commands. */
  public static List<Object> all() {
    return List.of(
        new CheckCommand(),
        new RepairCommand(),
        new ReindexCommand(),
        new BackupCommand(),
        new ExportCommand(),
        new ImportCommand(),
        new ForgetCommand(),
        new CopyCommand(),
        new NameCommand(),
        new GuardCommand.Operator(),
        new GuardCommand.Ban(),
        new GuardCommand.Unban(),
        new GuardCommand.Bans(),
        new GuardCommand.AuditLog());
  }

  /**
   * Runs the command.
   *
   * @throws IOException if it fails; the message is one sentence for people
   */
  @Override
  public abstract Integer call() throws IOException;

  /** The database, or null for a directory. */
  final @Nullable StoreAddress store() {
    return place.store();
  }

  /**
   * The directory.
   *
   * @throws IOException if it is a database; the message is one sentence for people
   */
  final Path directory() throws IOException {
    Path directory = place.directory();
    if (directory == null) {
      throw new IOException(withStore());
    }
    return directory;
  }

  /**
   * The stored facts, even while a server runs.
   *
   * @param kind only this kind; null for all
   * @throws IOException if it cannot be read; the message is one sentence for people
   */
  final List<Fact> facts(@Nullable String kind) throws IOException {
    StoreAddress store = store();
    if (store != null) {
      return SharedExport.facts(store, kind);
    }
    return kind == null ? StoreExport.facts(directory()) : StoreTools.facts(directory(), kind);
  }

  /** One sentence that says what to use for a database instead. */
  String withStore() {
    return "this command needs a data directory, not a database";
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
