package io.chatroom.client.cli;

import io.chatroom.client.ServerAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** Which server, for commands that disturb a room: they do so only where they were told to. */
final class RequiredServer {

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST[:PORT]",
      description = "The server; an IPv6 address in brackets. It has no default.")
  private @Nullable String text;

  /**
   * The server that was asked for.
   *
   * @param why what it is for, and why there is no default, as in "judge: the judge talks a lot"
   * @throws ParameterException if none was asked for, or what was is no address
   */
  ServerAddress address(String why) {
    if (text == null) {
      throw usage("expected the HOST[:PORT] to " + why + ", so there is no default");
    }
    try {
      return ServerAddress.parse(text);
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
