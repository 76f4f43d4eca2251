package io.chatroom.client.cli;

import io.chatroom.client.ChatClient;
import io.chatroom.client.ChatException;
import io.chatroom.client.KnownServers;
import io.chatroom.client.TlsTrust;
import io.chatroom.client.UnknownServerException;
import io.chatroom.client.chat.Places;
import io.chatroom.client.terminal.LineInput;
import io.chatroom.client.terminal.Prompt;
import io.chatroom.client.terminal.Stdio;
import io.chatroom.protocol.Fingerprint;
import io.chatroom.system.Home;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/**
 * TLS, and the servers to trust: the same options for every command that connects. Mix this in,
 * make clients with {@link #client}, and the first connection with {@link #introduced}, which asks
 * the user about an unknown server.
 */
final class TlsOptions {

  static final String VARIABLE = "CHAT_TLS";
  static final String CA_VARIABLE = "CHAT_TLS_CA";
  static final String FINGERPRINT_VARIABLE = "CHAT_TLS_FINGERPRINT";

  private static final int LONGEST_ANSWER_BYTES = 1024;

  @Spec(Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--tls",
      description = {
        "Use TLS. A server is trusted if an authority that this Java knows has issued its"
            + " certificate, or if you accept its self-signed certificate, once, at a terminal.",
        "Default: true if the environment's " + VARIABLE + " is true."
      })
  private boolean tls;

  @Option(
      names = "--tls-ca",
      paramLabel = "FILE",
      description =
          "Use TLS, and trust only the authorities in this PEM file. Default: the"
              + " environment's "
              + CA_VARIABLE
              + ".")
  private @Nullable Path authorities;

  @Option(
      names = "--tls-fingerprint",
      paramLabel = "SHA256:...",
      description =
          "Use TLS, and trust only the certificate with this fingerprint. Default: the"
              + " environment's "
              + FINGERPRINT_VARIABLE
              + ".")
  private @Nullable String fingerprint;

  /** Connects. */
  interface Attempt<T> {
    T connect() throws IOException;
  }

  /**
   * The settings of a client for these options.
   *
   * @throws ParameterException if the options contradict each other
   */
  ChatClient.Builder client(Map<String, String> environment) throws ChatException {
    return client(trust(environment));
  }

  /** The settings of a client for the result of {@link #trust}. */
  static ChatClient.Builder client(@Nullable TlsTrust trust) {
    ChatClient.Builder client = ChatClient.builder();
    return trust == null ? client : client.tls(trust);
  }

  /**
   * The servers to trust, or null for no TLS.
   *
   * @throws ParameterException if the options contradict each other
   * @throws ChatException if a file cannot be read
   */
  @Nullable TlsTrust trust(Map<String, String> environment) throws ChatException {
    return trust(environment, false);
  }

  /** The same with a default for TLS, if neither the options nor the environment decide. */
  @Nullable TlsTrust trust(Map<String, String> environment, boolean otherwise)
      throws ChatException {
    if (authorities != null && fingerprint != null) {
      throw usage("--tls-ca and --tls-fingerprint exclude each other, give one of them");
    }
    if (fingerprint != null) {
      return trust(fingerprint, "--tls-fingerprint");
    }
    if (authorities != null) {
      return TlsTrust.authorities(authorities);
    }
    String variable = environment.getOrDefault(FINGERPRINT_VARIABLE, "");
    if (!variable.isEmpty()) {
      return trust(variable, FINGERPRINT_VARIABLE);
    }
    String file = environment.getOrDefault(CA_VARIABLE, "");
    if (!file.isEmpty()) {
      return TlsTrust.authorities(path(file));
    }
    String wanted = environment.getOrDefault(VARIABLE, "");
    return tls || (wanted.isEmpty() ? otherwise : isTrue(wanted))
        ? TlsTrust.firstUse(knownOrUsage(environment))
        : null;
  }

  private Path path(String file) {
    try {
      return Home.path(file);
    } catch (IOException e) {
      throw usage(CA_VARIABLE + ": " + e.getMessage());
    }
  }

  private KnownServers knownOrUsage(Map<String, String> environment) {
    try {
      return known(environment);
    } catch (IOException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The servers that the user has accepted.
   *
   * @throws IOException if this user has no directory for them
   */
  static KnownServers known(Map<String, String> environment) throws IOException {
    return new KnownServers(Places.here(environment).knownServers());
  }

  private TlsTrust trust(String text, String where) {
    try {
      return TlsTrust.fingerprint(Fingerprint.parse(text));
    } catch (IllegalArgumentException e) {
      throw usage(where + ": " + e.getMessage());
    }
  }

  private boolean isTrue(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw usage(VARIABLE + " is \"" + value + "\", expected true or false");
    };
  }

  /**
   * Connects. If the server is unknown, asks the user at the terminal whether to accept it; then
   * remembers it and connects again.
   *
   * @throws IOException if there is no connection, nobody to ask, or the answer is no
   */
  <T> T introduced(Attempt<T> attempt, Stdio stdio, Map<String, String> environment)
      throws IOException {
    try {
      return attempt.connect();
    } catch (UnknownServerException e) {
      if (!stdio.terminal()) {
        throw new IOException(
            e.getMessage()
                + "; compare it with the fingerprint that the server prints when it starts, and then"
                + " give --tls-fingerprint "
                + e.fingerprint(),
            e);
      }
      if (!isRight(e, stdio)) {
        throw new IOException("not connected: " + e.server() + " is not trusted", e);
      }
      known(environment).remember(e.server(), e.fingerprint());
      return attempt.connect();
    }
  }

  private static boolean isRight(UnknownServerException unknown, Stdio stdio) throws IOException {
    stdio.complain(unknown.getMessage() + ".");
    stdio.complain("Compare it with the fingerprint that the server prints when it starts.");
    Prompt prompt = new Prompt(stdio, new LineInput(stdio, LONGEST_ANSWER_BYTES));
    String answer =
        prompt.ask("Is it the same, and do you trust this server from now on (yes/no)? ");
    while (answer != null && !answer.strip().equals("yes") && !answer.strip().equals("no")) {
      answer = prompt.ask("yes or no? ");
    }
    return answer != null && answer.strip().equals("yes");
  }

  private ParameterException usage(String sentence) {
    return new ParameterException(command.commandLine(), sentence);
  }
}
