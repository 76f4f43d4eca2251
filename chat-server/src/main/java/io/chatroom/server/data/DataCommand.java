package io.chatroom.server.data;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command about one data directory. */
@Command(mixinStandardHelpOptions = true)
public abstract class DataCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "DIR", description = "the server's --data")
  private Path directory = Path.of("");

  DataCommand() {}

  /** All of them. */
  public static List<Object> all() {
    return List.of(
        new CheckCommand(),
        new RepairCommand(),
        new ReindexCommand(),
        new BackupCommand(),
        new ExportCommand(),
        new ImportCommand(),
        new ForgetCommand(),
        new NameCommand(),
        new GuardCommand.Operator(),
        new GuardCommand.Ban(),
        new GuardCommand.Unban(),
        new GuardCommand.Bans(),
        new GuardCommand.AuditLog());
  }

  /**
   * Does it.
   *
   * @throws IOException if it cannot be done; the message is one sentence for people
   */
  @Override
  public abstract Integer call() throws IOException;

  final Path directory() {
    return directory;
  }

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
