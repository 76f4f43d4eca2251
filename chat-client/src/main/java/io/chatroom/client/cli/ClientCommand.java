package io.chatroom.client.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * {@code chat-client.jar}: picks the command and turns what went wrong into one sentence and an
 * exit code.
 */
@Command(
    name = "chat-client",
    description = "Talk in a chat room from a terminal.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ConformanceCommand.class},
    mixinStandardHelpOptions = true)
public final class ClientCommand {

  private ClientCommand() {}

  /**
   * Runs one command and exits the JVM: 0 when it did what was asked, 1 when something went wrong
   * while running, 2 when the command line was wrong.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ClientCommand()).execute(args));
  }
}
