package io.chatroom.commands;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code man}: prints the manual page. */
@Command(
    name = "man",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the page was printed",
      "1:the page could not be printed",
      "2:the command line was wrong"
    })
public final class ManCommand implements Callable<Integer> {

  private final int section;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  private ManCommand(int section) {
    this.section = section;
  }

  /**
   * Makes the subcommand for a program.
   *
   * @param section the manual section of the program
   */
  public static CommandLine of(String program, int section) {
    CommandLine command = new CommandLine(new ManCommand(section));
    command
        .getCommandSpec()
        .usageMessage()
        .description(
            "Print the manual page, in the format of man.",
            "",
            "To read it:",
            "  %s man | man -l -".formatted(program),
            "To install it:",
            "  mkdir -p ~/.local/share/man/man%d".formatted(section),
            "  %s man > ~/.local/share/man/man%d/%s.%d"
                .formatted(program, section, program, section));
    return command;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root(), section));
    out.flush();
    return 0;
  }
}
