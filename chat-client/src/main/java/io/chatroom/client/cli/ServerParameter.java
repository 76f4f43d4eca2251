package io.chatroom.client.cli;

import io.chatroom.client.ServerAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The server: the same parameter, with the same default, for every command that connects. */
final class ServerParameter {

  static final String VARIABLE = "CHAT_SERVER";

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Parameters(
      arity = "0..1",
      paramLabel = "HOST[:PORT]",
      description = {
        "The server; an IPv6 address in brackets.",
        "Default: the environment's " + VARIABLE + ", else localhost:3306."
      })
  private @Nullable String text;

  /**
   * The given server, or the default.
   *
   * @throws ParameterException if it is not an address
   */
  ServerAddress address(Map<String, String> environment) {
    ServerAddress given = given();
    if (given != null) {
      return given;
    }
    ServerAddress fromEnvironment = fromEnvironment(environment);
    return fromEnvironment != null ? fromEnvironment : ServerAddress.LOCAL;
  }

  /** Its text on the command line, or null. */
  @Nullable String text() {
    return text;
  }

  /**
   * The server on the command line, or null.
   *
   * @throws ParameterException if it is not an address
   */
  @Nullable ServerAddress given() {
    return text == null ? null : parse(command, text, "");
  }

  /**
   * The server in the environment, or null.
   *
   * @throws ParameterException if it is not an address
   */
  @Nullable ServerAddress fromEnvironment(Map<String, String> environment) {
    return fromEnvironment(command, environment);
  }

  /** The same for a command that has an option instead of this parameter. */
  static @Nullable ServerAddress fromEnvironment(
      CommandSpec command, Map<String, String> environment) {
    String variable = environment.getOrDefault(VARIABLE, "");
    return variable.isEmpty() ? null : parse(command, variable, VARIABLE + ": ");
  }

  /**
   * Parses a server address.
   *
   * @param origin its source, a prefix of the error message
   * @throws ParameterException if it is not an address
   */
  static ServerAddress parse(CommandSpec command, String address, String origin) {
    try {
      return ServerAddress.parse(address);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), origin + e.getMessage());
    }
  }
}
