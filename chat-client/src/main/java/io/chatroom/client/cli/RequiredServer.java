package io.chatroom.client.cli;

import io.chatroom.client.ServerAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The server: a {@link ServerParameter} without a default, for commands that disturb a room. */
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
   * The given server.
   *
   * @param why its use, and why there is no default, as in "judge: the kit floods the room"
   * @throws ParameterException if none is given, or it is no address
   */
  ServerAddress address(String why) {
    if (text == null) {
      throw new ParameterException(
          command.commandLine(), "expected the HOST[:PORT] to " + why + ", so there is no default");
    }
    return ServerParameter.parse(command, text, "");
  }
}
