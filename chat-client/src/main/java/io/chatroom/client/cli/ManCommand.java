package io.chatroom.client.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code man}: prints the manual page. */
@Command(
    name = "man",
    description = {
      "Print the manual page, for man to show.",
      "",
      "To read it: chat-client man | man -l -. To install it: write it to"
          + " ~/.local/share/man/man1/chat-client.1"
    },
    exitCodeList = {
      "0:it was printed",
      "1:it could not be printed",
      "2:the command line was wrong"
    })
final class ManCommand implements Callable<Integer> {

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root()));
    out.flush();
    return 0;
  }
}
