package io.chatroom.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code completion}: prints a script for the shell's completion of commands and options. */
@Command(
    name = "completion",
    description = {
      "Print a script with which bash or zsh completes commands and options.",
      "",
      "For this shell: source <(chat-client completion). For every shell: write it to a file that"
          + " ~/.bashrc or ~/.zshrc sources. It completes the command chat-client, which must be a"
          + " script, a function or an alias that runs the jar."
    },
    exitCodeList = {
      "0:it was printed",
      "1:it could not be printed",
      "2:the command line was wrong"
    })
final class CompletionCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash(root.getCommandName(), root));
    out.flush();
    return 0;
  }
}
